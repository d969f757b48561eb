package io.scarfall.presence;

import static io.scarfall.presence.PresenceSettings.DEFAULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PresenceSettingsTest {

    @Test
    void defaultsAreThoseOfTheDocumentation() {
        assertThat(DEFAULTS.beatInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(DEFAULTS.lease()).isEqualTo(Duration.ofSeconds(6));
        assertThat(DEFAULTS.offlineGrace()).isZero();
        assertThat(DEFAULTS.maxFriends()).isEqualTo(5_000);
    }

    @Test
    void eachSettingChangesAlone() {
        PresenceSettings other = DEFAULTS.withLease(Duration.ofSeconds(1), Duration.ofSeconds(3))
                .withOfflineGrace(Duration.ofSeconds(4))
                .withOfflineUsers(Duration.ofDays(1), 7)
                .withMaxFriends(8)
                .withWatchersPerTransition(9)
                .withFeedLength(10);
        assertThat(other)
                .isEqualTo(new PresenceSettings(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofDays(1),
                        7,
                        8,
                        9,
                        10));
    }

    @Test
    void valuesOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> DEFAULTS.withLease(Duration.ofSeconds(2), Duration.ZERO))
                .hasMessageStartingWith("lease: PT0S (expected: > 0");
        assertThatThrownBy(() -> DEFAULTS.withLease(Duration.ZERO, Duration.ofSeconds(6)))
                .hasMessageStartingWith("beatInterval: PT0S");
        assertThatThrownBy(() -> DEFAULTS.withLease(Duration.ofSeconds(4), Duration.ofSeconds(6)))
                .hasMessage("beatInterval: PT4S (expected: at most half of the lease, PT6S)");
        assertThatThrownBy(() -> DEFAULTS.withOfflineGrace(Duration.ofSeconds(-1)))
                .hasMessageStartingWith("offlineGrace: PT-1S (expected: 0..");
        assertThatThrownBy(() -> DEFAULTS.withOfflineUsers(Duration.ofDays(4_000), 1))
                .hasMessageStartingWith("offlineRetention: ");
        assertThatThrownBy(() -> DEFAULTS.withOfflineUsers(Duration.ofDays(1), -1))
                .hasMessage("maxOfflineUsers: -1 (expected: >= 0)");
        assertThatThrownBy(() -> DEFAULTS.withMaxFriends(0)).hasMessage("maxFriends: 0 (expected: >= 1)");
        assertThatThrownBy(() -> DEFAULTS.withWatchersPerTransition(10_001))
                .hasMessage("watchersPerTransition: 10001 (expected: 1..10000)");
        assertThatThrownBy(() -> DEFAULTS.withFeedLength(0)).hasMessage("feedLength: 0 (expected: >= 1)");
    }
}
