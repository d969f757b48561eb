package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.socket.client.IO;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message above its limit is refused. Its sender stays connected, because the limit of a payload is larger. */
class MessageBoundsTest extends OneNode {

    /** The size includes the quotation marks of JSON. */
    private static final int LONGEST = DeliveryConfig.DEFAULT.maxMessageBytes() - 2;

    /** The size includes the characters around the text in {@code {'a':'...'}}. */
    private static final int LONGEST_METADATA = DeliveryConfig.DEFAULT.maxMetadataBytes() - 8;

    MessageBoundsTest() {
        scarfall = onFreePorts().start();
    }

    private Client sender(boolean byService, String transport) {
        IO.Options options = new IO.Options();
        options.transports = new String[] {transport};
        options.auth = byService ? Map.of() : Map.of("token", Tokens.of("alice"));
        Client client = Client.connect(byService ? scarfall.internalPort() : scarfall.userPort(), "/", options);
        client.next("connected");
        return client;
    }

    private static JsonNode send(Client sender, int message, int metadata) {
        return sender.ask(
                "send_message",
                "{'recipientIds':['bob'],'message':'" + "m".repeat(message) + "','metadata':{'a':'"
                        + "d".repeat(metadata) + "'}}");
    }

    @ParameterizedTest
    @CsvSource({"false,websocket", "false,polling", "true,websocket", "true,polling"})
    void eachLimitHasItsOwnError(boolean byService, String transport) {
        try (Client bob = Client.user(scarfall.userPort(), "bob");
                Client sender = sender(byService, transport)) {
            String id = sender.id();
            assertRefused(send(sender, LONGEST + 1, 0), "message: 1000001 bytes (expected: at most 1000000)");
            assertRefused(send(sender, LONGEST + 1, LONGEST_METADATA), "message: 1000001 bytes");
            assertRefused(send(sender, 1, LONGEST_METADATA + 1), "metadata: 65537 bytes (expected: at most 65536)");
            assertRefused(send(sender, LONGEST, LONGEST_METADATA + 1), "metadata: 65537 bytes");
            assertThat(send(sender, LONGEST, LONGEST_METADATA).at("/status").asText())
                    .isEqualTo("sent");
            assertThat(bob.next("message").at("/message").asText()).hasSize(LONGEST);
            assertThat(sender.isConnected()).isTrue();
            assertThat(sender.id()).isEqualTo(id);
        }
    }

    @Test
    void thePayloadHasRoomForTheMaximumNumberOfRecipients() {
        try (Client sender = sender(false, "websocket")) {
            String id = sender.id();
            for (int count : new int[] {1_000, 1_001}) {
                String recipients = IntStream.range(0, count)
                        .mapToObj(i -> "'" + "r".repeat(124) + (1_000 + i) + "'")
                        .collect(Collectors.joining(","));
                JsonNode answer = sender.ask(
                        "send_message",
                        "{'recipientIds':[" + recipients + "],'message':'" + "m".repeat(LONGEST) + "','metadata':{'a':'"
                                + "d".repeat(LONGEST_METADATA) + "'}}");
                assertRefused(answer, count == 1_000 ? "for all recipients together" : "recipientIds: too many");
            }
            assertThat(sender.id()).isEqualTo(id);
        }
    }

    private static void assertRefused(JsonNode answer, String error) {
        assertThat(answer.at("/code").asText()).isEqualTo("invalid");
        assertThat(answer.at("/error").asText()).contains(error);
    }
}
