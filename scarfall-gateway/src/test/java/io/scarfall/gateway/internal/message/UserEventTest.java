package io.scarfall.gateway.internal.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import org.junit.jupiter.api.Test;

class UserEventTest {
    @Test
    void namesItsRecipientInOnePlace() {
        UserEvent event = UserEvent.addressed("message", Bytes.utf8("{\"recipientId\":,\"message\":\"hé\"}"));

        assertThat(event.packetFor(Recipient.of("bob")).text().utf8())
                .isEqualTo("2[\"message\",{\"recipientId\":\"bob\",\"message\":\"hé\"}]");
        assertThat(event.packetFor(Recipient.of("a\"b\\\u0001")).text().utf8())
                .isEqualTo("2[\"message\",{\"recipientId\":\"a\\\"b\\\\\\u0001\",\"message\":\"hé\"}]");
    }

    @Test
    void isTheSameForAllIfItNamesNoRecipient() {
        UserEvent event = UserEvent.of("news", Arguments.of("x", new byte[] {1}));

        assertThat(event.packetFor(Recipient.of("bob"))).isSameAs(event.packetFor(Recipient.of("eve")));
        assertThat(event.packetFor(Recipient.of("bob")).attachments()).hasSize(1);
    }
}
