package io.scarfall.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UserSessionTest {

    private static final NodeId NODE = new NodeId("a", 1);
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901234Z");

    @Test
    void timesAreCutToMilliseconds() {
        UserSession session = session("anna", "s1", null, null);
        assertThat(session.connectedAt()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(session.lastActivity()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(session.activeAt(TIME.plusSeconds(1)).lastActivity()).isEqualTo("2026-01-02T03:04:06.678Z");
    }

    @Test
    void movesToAnotherEpoch() {
        NodeId later = new NodeId("a", 2);
        assertThat(session("anna", "s1", "e", "d").on(later))
                .isEqualTo(new UserSession("anna", "s1", later, TIME, TIME, "e", "d", null));
    }

    @Test
    void refusalsNameTheValueAndTheRange() {
        assertThatThrownBy(() -> session("", "s1", null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("userId: empty (expected: 1 to 512 characters)");
        assertThatThrownBy(() -> session("x".repeat(513), "s1", null, null))
                .hasMessage("userId: 513 characters (expected: <= 512)");
        assertThatThrownBy(() -> session("anna", "", null, null)).hasMessageStartingWith("sessionId: empty");
        assertThatThrownBy(() -> session("anna", "s1", "x".repeat(513), null))
                .hasMessage("email: 513 characters (expected: <= 512)");
        assertThatThrownBy(() -> session("anna", "s1", null, "x".repeat(4097)))
                .hasMessage("device: 4097 characters (expected: <= 4096)");
    }

    @Test
    void halfACodePointIsRefused() {
        // it would become "?" in UTF-8, and so another user
        for (String id : new String[] {"\ud800", "a\ud800b", "\udc00", "\udc00\ud800", "ab\ud83d"}) {
            assertThatThrownBy(() -> session(id, "s1", null, null))
                    .hasMessageStartingWith("userId: unpaired surrogate");
        }
        assertThat(session("\ud83d\ude00", "s1", null, null).userId()).hasSize(2);
    }

    @Test
    void theLargestValuesAreAccepted() {
        assertThat(session("x".repeat(512), "y".repeat(512), "e".repeat(512), "d".repeat(4096))
                        .device())
                .hasSize(4096);
    }

    @Test
    void logsHoldNoPersonalData() {
        assertThat(session("anna", "s1", "anna@example.org", "phone").toString())
                .isEqualTo("UserSession[userId=anna, sessionId=s1, node=a@1]");
    }

    private static UserSession session(
            String userId, String sessionId, @Nullable String email, @Nullable String device) {
        return new UserSession(userId, sessionId, NODE, TIME, TIME, email, device, null);
    }
}
