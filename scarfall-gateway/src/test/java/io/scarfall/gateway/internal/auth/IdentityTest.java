package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.gateway.Identity;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class IdentityTest {
    @Test
    void fitsIntoASession() {
        Identity largest = new Identity("u".repeat(512), "e".repeat(512), "d".repeat(4096), Instant.MAX);

        UserSession session = new UserSession(
                largest.userId(),
                "s",
                new NodeId("n", 1),
                Instant.EPOCH,
                Instant.EPOCH,
                largest.email(),
                largest.deviceInfo(),
                null);

        assertThat(session.userId()).hasSize(512);
    }

    @Test
    void refusesIdentitiesThatDoNotFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> identity("", null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> identity("u".repeat(513), null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> identity("a\tb", null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> identity("a\udc00", null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> identity("a", "e".repeat(513), null));
        assertThatIllegalArgumentException().isThrownBy(() -> identity("a", null, "d".repeat(4097)));
    }

    private static Identity identity(String userId, String email, String device) {
        return new Identity(userId, email, device, Instant.MAX);
    }
}
