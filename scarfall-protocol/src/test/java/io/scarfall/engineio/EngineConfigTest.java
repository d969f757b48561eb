package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EngineConfigTest {

    @Test
    void defaultsAreThoseOfTheReference() {
        EngineConfig config = EngineConfig.builder().build();
        assertThat(config.address()).isEqualTo(new InetSocketAddress(3000));
        assertThat(config.path()).isEqualTo("/engine.io");
        assertThat(config.pingInterval()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.pingTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.upgradeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.closeTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.maxPayloadBytes()).isEqualTo(1_000_000);
        assertThat(config.maxUnsentBytes()).isEqualTo(1_048_576);
        assertThat(config.allowsPolling()).isTrue();
        assertThat(config.allowsWebSocket()).isTrue();
        assertThat(config.cors()).isSameAs(CorsPolicy.NONE);
    }

    static Stream<Arguments> nonsense() {
        EngineConfig.Builder both = EngineConfig.builder().allowsPolling(false).allowsWebSocket(false);
        return Stream.of(
                arguments(EngineConfig.builder().path(""), "path:  (expected: /name)"),
                arguments(EngineConfig.builder().path("/"), "path:  (expected: /name)"),
                arguments(EngineConfig.builder().path("x"), "path: x (expected: /name)"),
                arguments(EngineConfig.builder().path("/x//"), "path: /x/ (expected: /name)"),
                arguments(EngineConfig.builder().pingInterval(Duration.ZERO), "pingInterval: PT0S (expected: > 0)"),
                arguments(
                        EngineConfig.builder().pingTimeout(Duration.ofNanos(-1)),
                        "pingTimeout: PT-0.000000001S (expected: > 0)"),
                arguments(EngineConfig.builder().upgradeTimeout(Duration.ZERO), "upgradeTimeout: PT0S (expected: > 0)"),
                arguments(EngineConfig.builder().closeTimeout(Duration.ZERO), "closeTimeout: PT0S (expected: > 0)"),
                arguments(EngineConfig.builder().maxPayloadBytes(0), "maxPayloadBytes: 0 (expected: > 0)"),
                arguments(EngineConfig.builder().maxUnsentBytes(-1), "maxUnsentBytes: -1 (expected: > 0)"),
                arguments(both, "allowsPolling, allowsWebSocket: false (expected: one of them)"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void valueOutOfRangeIsRefusedByName(EngineConfig.Builder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
