package io.scarfall.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceKeysTest {
    @Test
    void knowsEachServiceByItsKeys() {
        ServiceKeys keys = ServiceKeys.parse("billing:one, shop:two:three,billing:four");

        assertThat(keys.isEmpty()).isFalse();
        assertThat(keys.matches("billing", "one")).isTrue();
        assertThat(keys.matches("billing", "four")).isTrue();
        assertThat(keys.matches("shop", "two:three")).isTrue();
    }

    @Test
    void knowsNobodyElse() {
        ServiceKeys keys = ServiceKeys.parse("billing:one,shop:two");

        assertThat(keys.matches("billing", "two")).isFalse();
        assertThat(keys.matches("billing", "on")).isFalse();
        assertThat(keys.matches("billing", "one ")).isFalse();
        assertThat(keys.matches("billing", "")).isFalse();
        assertThat(keys.matches("Billing", "one")).isFalse();
        assertThat(keys.matches("", "")).isFalse();
        assertThat(keys.matches("unknown", "no service has this name")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void nothingIsNoKeys(String text) {
        assertThat(ServiceKeys.parse(text)).isSameAs(ServiceKeys.NONE);
        assertThat(ServiceKeys.NONE.isEmpty()).isTrue();
        assertThat(ServiceKeys.NONE.matches("", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3cret", "billing:", ":s3cret", "billing:s3cret,", "bill ing:s3cret", "a:s3cret,,b:s3cret"})
    void refusesWhatIsMalformedAndTellsNoKey(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceKeys.parse(text))
                .withMessageContaining("expected: name:key")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @Test
    void tellsNoKey() {
        assertThat(ServiceKeys.parse("billing:s3cret").toString()).isEqualTo("ServiceKeys[1]");
    }
}
