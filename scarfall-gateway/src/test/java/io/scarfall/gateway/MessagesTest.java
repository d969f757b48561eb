package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code send_message} and {@code message} between users of one node. */
class MessagesTest extends OneNode {
    private int port;

    @BeforeEach
    void start() {
        scarfall = onFreePorts()
                .delivery(DeliveryConfig.DEFAULT.withMaxRecipients(1000).withMaxFanOutBytes(3_000_000))
                .start();
        port = scarfall.userPort();
    }

    @Test
    void aMessageReachesEveryDeviceOfItsRecipients() {
        try (Client alice = Client.user(port, "alice");
                Client phone = Client.user(port, "bob");
                Client laptop = Client.user(port, "bob");
                Client carol = Client.user(port, "carol");
                Client stranger = Client.user(port, "stranger")) {
            JsonNode answer = alice.ask(
                    "send_message",
                    "{'recipientIds':['bob','carol'],'message':'hé \\u0041','metadata':{'n':[1,{}],'topic':'lunch'}}");

            assertThat(answer.at("/status").asText()).isEqualTo("sent");
            assertThat(answer.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['bob','carol'],'failed':[]}"));
            assertThat(answer.has("error")).isFalse();
            String messageId = answer.at("/messageId").asText();
            String timestamp = answer.at("/timestamp").asText();
            assertThat(messageId).hasSize(20);
            assertThat(timestamp).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(Instant.parse(timestamp)).isBetween(Instant.now().minusSeconds(20), Instant.now());
            for (Client client : List.of(phone, laptop, carol)) {
                String recipient = client == carol ? "carol" : "bob";
                assertThat(client.next("message"))
                        .isEqualTo(Client.parse("{'recipientId':'" + recipient
                                + "','message':'hé A','metadata':{'n':[1,{}],'topic':'lunch'},'timestamp':'"
                                + timestamp + "','messageId':'" + messageId + "','senderId':'alice'}"));
            }
            alice.ask("ping");
            stranger.ask("ping");
            assertThat(alice.received("message")).isEmpty();
            assertThat(stranger.received("message")).isEmpty();
        }
    }

    /** Defect 1 of the predecessor: see the name of the test. */
    @Test
    void onlyRecipientsThatGotTheMessageAreSent() {
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client unauthenticated = Client.connect(port).joined()) {
            JsonNode some = alice.send("x", "bob", "offline", "unauthenticated");
            JsonNode none = alice.send("x", "offline", "nobody");

            assertThat(some.at("/status").asText()).isEqualTo("sent");
            assertThat(some.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':3,'sent':['bob'],'failed':['offline','unauthenticated']}"));
            assertThat(none.at("/status").asText()).isEqualTo("error");
            assertThat(none.at("/error").asText()).isNotEmpty();
            assertThat(none.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':[],'failed':['offline','nobody']}"));

            bob.leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    alice.send("x", "bob").at("/status").asText())
                            .isEqualTo("error"));
            assertThat(unauthenticated.received("message")).isEmpty();
        }
    }

    /** Defect 2 of the predecessor: see the name of the test. */
    @Test
    void claimsAboutSourceOrSenderInMetadataAreDropped() {
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client unauthenticated = Client.connect(port).joined()) {
            String claim = "{'recipientIds':['bob'],'message':'x','senderId':'carol','metadata':"
                    + "{'source':'internal_service','senderId':'carol','sender':'carol','kept':{'source':'kept'}}}";

            assertThat(unauthenticated.ask("send_message", claim).at("/code").asText())
                    .isEqualTo("unauthenticated");
            assertThat(alice.ask("send_message", claim).at("/status").asText()).isEqualTo("sent");
            JsonNode message = bob.next("message");
            assertThat(message.at("/metadata")).isEqualTo(Client.parse("{'kept':{'source':'kept'}}"));
            assertThat(message.at("/senderId").asText()).isEqualTo("alice");
            assertThat(bob.received("message")).isEmpty();
        }
    }

    @Test
    void aSenderMayListThemselves() {
        try (Client alice = Client.user(port, "alice");
                Client other = Client.user(port, "alice")) {
            assertThat(alice.send("note", "alice").at("/recipients/sent/0").asText())
                    .isEqualTo("alice");
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("note");
            assertThat(other.next("message").at("/message").asText()).isEqualTo("note");
        }
    }

    @Test
    void aRepeatedRecipientGetsTheMessageOnce() {
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            assertThat(alice.send("x", "bob", "bob", "bob").at("/recipients"))
                    .isEqualTo(Client.parse("{'total':1,'sent':['bob'],'failed':[]}"));
            bob.next("message");
            bob.ask("ping");
            assertThat(bob.received("message")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "{'recipientIds':[],'message':'x'}",
                "{'recipientIds':'bob','message':'x'}",
                "{'recipientIds':['bob'],'message':7}",
                "{'recipientIds':['bob',{}],'message':'x'}",
                "{'recipientIds':['bob',1.5],'message':'x'}",
                "{'recipientIds':['bob',true],'message':'x'}",
                "{'recipientIds':['bob'],'message':'x','metadata':'y'}"
            })
    void aMalformedMessageIsRefusedWithAnAckOfTheUsualShape(String request) {
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            JsonNode answer = alice.ask("send_message", request);

            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("invalid");
            assertThat(answer.at("/error").asText()).contains("expected");
            assertThat(answer.at("/recipients")).isEqualTo(Client.parse("{'total':0,'sent':[],'failed':[]}"));
            assertThat(answer.at("/timestamp").asText()).isNotEmpty();
            bob.ask("ping");
            assertThat(bob.received("message")).isEmpty();
        }
    }

    /** An invalid recipient does not keep the message from the others. */
    @Test
    void invalidRecipientsAreFailed() {
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            String tooLong = "u".repeat(129);
            JsonNode answer = alice.ask(
                    "send_message",
                    "{'recipientIds':['','bob',null,'" + tooLong + "','a\\u0000b','','" + tooLong
                            + "'],'message':'x'}");

            assertThat(answer.at("/status").asText()).isEqualTo("sent");
            assertThat(answer.at("/recipients/total").asInt()).isEqualTo(5);
            assertThat(answer.at("/recipients/sent")).isEqualTo(Client.parse("['bob']"));
            assertThat(answer.at("/recipients/failed"))
                    .isEqualTo(Client.parse("['',null,'" + tooLong + "','a\\u0000b']"));
            assertThat(bob.next("message").at("/message").asText()).isEqualTo("x");

            JsonNode none = alice.ask("send_message", "{'recipientIds':[null,''],'message':'x'}");
            assertThat(none.at("/code").asText()).isEqualTo("not_delivered");
            assertThat(none.at("/recipients")).isEqualTo(Client.parse("{'total':2,'sent':[],'failed':[null,'']}"));
        }
    }

    @Test
    void anIntegerIsTheIdOfAUser() {
        try (Client alice = Client.user(port, "alice");
                Client seven = Client.user(port, "7")) {
            JsonNode answer = alice.ask("send_message", "{'recipientIds':[7,'7',-1],'message':'x'}");

            assertThat(answer.at("/recipients")).isEqualTo(Client.parse("{'total':2,'sent':['7'],'failed':['-1']}"));
            assertThat(seven.next("message").at("/recipientId")).isEqualTo(Client.parse("'7'"));
        }
    }

    @Test
    void theErrorNamesTheLimit() {
        try (Client alice = Client.user(port, "alice")) {
            String[] many =
                    IntStream.rangeClosed(0, 1000).mapToObj(i -> "u" + i).toArray(String[]::new);
            assertThat(alice.send("x", many).at("/error").asText()).contains("at most 1000");
            assertThat(alice.send("x".repeat(400_000), "a", "b", "c", "d", "e", "f", "g", "h")
                            .at("/error")
                            .asText())
                    .contains("at most 3000000");
        }
    }

    @Test
    void messagesOfOneSenderKeepTheirOrder() {
        int count = 2_000;
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client carol = Client.user(port, "carol")) {
            List<CompletableFuture<JsonNode>> answers = IntStream.range(0, count)
                    .mapToObj(i ->
                            alice.asking("send_message", Client.message("" + i, i % 3 == 0 ? "carol" : "x", "bob")))
                    .toList();
            for (int i = 0; i < count; i++) {
                assertThat(bob.next("message").at("/message").asText()).isEqualTo("" + i);
            }
            for (int i = 0; i < count; i += 3) {
                assertThat(carol.next("message").at("/message").asText()).isEqualTo("" + i);
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer).succeedsWithin(Duration.ofSeconds(10)));
        }
    }

    @Test
    void unusualIdsAndTextsArriveUnchanged() {
        String odd = "a \"quoted\" \\ ☃ 🂡";
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, odd)) {
            String request = "{'recipientIds':['a \\u0022quoted\\u0022 \\\\ ☃ 🂡'],'message':'tab\\t \\u2028 🂡'}";
            assertThat(alice.ask("send_message", request)
                            .at("/recipients/sent/0")
                            .asText())
                    .isEqualTo(odd);
            JsonNode message = bob.next("message");
            assertThat(message.at("/recipientId").asText()).isEqualTo(odd);
            assertThat(message.at("/message").asText()).isEqualTo("tab\t \u2028 🂡");
            assertThat(message.at("/metadata")).isEqualTo(Client.parse("{}"));
        }
    }

    @Test
    void pingReturnsTheTime() {
        try (Client alice = Client.user(port, "alice")) {
            JsonNode answer = alice.ask("ping");

            assertThat(answer).hasSize(1);
            assertThat(Instant.parse(answer.at("/timestamp").asText()))
                    .isBetween(Instant.now().minusSeconds(20), Instant.now());
        }
    }

    @Test
    void anEmptyMessageIsInvalidOnBothPorts() {
        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client service = Client.connect(scarfall.internalPort()).joined()) {
            for (Client sender : new Client[] {alice, service}) {
                JsonNode empty = sender.send("", "alice");
                assertThat(empty.at("/status").asText()).isEqualTo("error");
                assertThat(empty.at("/code").asText()).isEqualTo("invalid");
                assertThat(sender.send(" ", "alice").at("/status").asText()).isEqualTo("sent");
            }
        }
    }
}
