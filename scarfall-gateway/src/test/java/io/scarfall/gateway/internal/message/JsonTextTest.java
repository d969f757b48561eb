package io.scarfall.gateway.internal.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Test
    void writesTimesAsIso8601() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-62_135_596_800L, 253_402_300_799L), random.nextInt(1_000_000_000));
            assertThat(new JsonText(0).time(time).bytes().utf8()).isEqualTo('"' + MILLISECONDS.format(time) + '"');
        }
        assertThat(new JsonText(4).time(Instant.EPOCH).bytes().utf8()).isEqualTo("\"1970-01-01T00:00:00.000Z\"");
    }

    @Test
    void growsWhileItIsWritten() {
        JsonText text = new JsonText(1);
        for (int i = 0; i < 100; i++) {
            text.ascii("ab").number(-7);
        }
        assertThat(text.bytes().utf8()).isEqualTo("ab-7".repeat(100));
    }
}
