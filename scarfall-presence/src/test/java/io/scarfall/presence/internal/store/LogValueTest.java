package io.scarfall.presence.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that users and other programs choose, in log lines. */
class LogValueTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "anna | anna",
                "scarfall:{3}:user:anna | scarfall:{3}:user:anna",
                "anna role=admin | \"anna role\\u003dadmin\"",
                "say \"no\" | \"say \\u0022no\\u0022\"",
                "a\\b | \"a\\u005cb\"",
                "zoë | \"zo\\u00eb\"",
                "`` | \"\"",
            })
    void aValueForgesNoField(String value, String written) {
        assertThat(LogValue.of(value)).isEqualTo(written);
    }

    @Test
    void aValueCannotForgeALogLine() {
        assertThat(LogValue.of("a\r\n\u2028\u202eb")).isEqualTo("\"a\\u000d\\u000a\\u2028\\u202eb\"");
        assertThat(LogValue.of("😀")).isEqualTo("\"\\ud83d\\ude00\"");
    }

    @Test
    void aLongValueIsCut() {
        assertThat(LogValue.of("x".repeat(257))).isEqualTo("\"" + "x".repeat(256) + "...\"");
        assertThat(LogValue.of("x".repeat(256))).isEqualTo("x".repeat(256));
        assertThat(LogValue.of(null)).isEqualTo("null");
    }
}
