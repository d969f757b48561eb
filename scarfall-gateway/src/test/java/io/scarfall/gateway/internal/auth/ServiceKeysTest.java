package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.gateway.ServiceKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceKeysTest {
    private static final String ONE = "Wv7Kp2Zt9Qx4Ls6N";
    private static final String TWO = "Hb3Jd8Rf5Gm1Yc0T";
    private static final String FOUR = "e09d4b7a61f3c852";

    @Test
    void knowsEachServiceByItsKeys() {
        ServiceKeys keys = ServiceKeys.parse("billing:" + ONE + ", shop:" + TWO + ":three,billing:" + FOUR);

        assertThat(keys.isEmpty()).isFalse();
        assertThat(keys.matches("billing", ONE)).isTrue();
        assertThat(keys.matches("billing", FOUR)).isTrue();
        assertThat(keys.matches("shop", TWO + ":three")).isTrue();
    }

    @Test
    void knowsNoOtherServiceOrKey() {
        ServiceKeys keys = ServiceKeys.parse("billing:" + ONE + ",shop:" + TWO);

        assertThat(keys.matches("billing", TWO)).isFalse();
        assertThat(keys.matches("billing", ONE.substring(1))).isFalse();
        assertThat(keys.matches("billing", ONE + " ")).isFalse();
        assertThat(keys.matches("billing", "")).isFalse();
        assertThat(keys.matches("Billing", ONE)).isFalse();
        assertThat(keys.matches("", "")).isFalse();
        assertThat(keys.matches("unknown", "no service has this name")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void anEmptyTextMeansNoKeys(String text) {
        assertThat(ServiceKeys.parse(text)).isSameAs(ServiceKeys.NONE);
        assertThat(ServiceKeys.NONE.isEmpty()).isTrue();
        assertThat(ServiceKeys.NONE.matches("", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3cret", "billing:", ":s3cret", "bill ing:s3cret", "a:" + ONE + ",,b:s3cret", "b:" + ONE + ","})
    void refusesMalformedTextsAndRevealsNoKey(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceKeys.parse(text))
                .withMessageContaining("expected: name:key")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void revealsNoKey() {
        assertThat(ServiceKeys.parse("billing:" + ONE).toString()).isEqualTo("ServiceKeys[1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "s3cret",
                "Wv7Kp2Zt9Qx4Ls6",
                "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02\uD83D\uDE03\uD83D\uDE04\uD83D\uDE05\uD83D\uDE06\uD83D\uDE07"
            })
    void refusesShortKeysAndRevealsNoKey(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceKeys.parse("shop:" + TWO + ",billing:" + key))
                .withMessageContaining("serviceKeys: a key of billing has ")
                .withMessageContaining("(expected: at least 16")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(": " + key));
    }

    @Test
    void refusesGuessableKeysAndRevealsNoKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceKeys.parse("billing:changemechangeme"))
                .withMessage(
                        "serviceKeys: a key of billing is guessable (expected: random, such as openssl rand -hex 32)");
    }
}
