package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.Friend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events of services, and their authentication. */
class ServiceGatewayTest extends OneNode {
    private static final Map<String, String> BILLING =
            Map.of("serviceName", "billing", "serviceKey", "Wv7Kp2Zt9Qx4Ls6N");

    private int start(ScarfallBuilder builder) {
        scarfall = builder.start();
        return scarfall.internalPort();
    }

    private int startWithKeys() {
        return start(onFreePorts().serviceKeys("billing:Wv7Kp2Zt9Qx4Ls6N,shop:Hb3Jd8Rf5Gm1Yc0T"));
    }

    @Test
    void withoutKeysEveryConnectionIsAService() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port);
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            JsonNode connected = service.next("connected");
            assertThat(connected).hasSize(2);
            assertThat(connected.at("/message").asText()).isNotEmpty();
            assertThat(connected.at("/socketId").asText()).isEqualTo(service.id());

            JsonNode answer = service.ask(
                    "send_message",
                    "{'recipientIds':['alice','bob'],'message':'hi','metadata':{'source':'x','userId':'kept','n':1}}");
            assertThat(answer.at("/status").asText()).isEqualTo("sent");
            assertThat(answer.at("/recipients"))
                    .isEqualTo(Client.parse("{'total':2,'sent':['alice'],'failed':['bob']}"));
            assertThat(answer.at("/timestamp").asText()).isNotEmpty();
            assertThat(answer.at("/messageId").asText()).isNotEmpty();
            JsonNode message = alice.next("message");
            assertThat(message.at("/metadata"))
                    .isEqualTo(Client.parse("{'source':'internal_service','userId':'kept','n':1}"));
            assertThat(message.at("/recipientId").asText()).isEqualTo("alice");
            assertThat(message.at("/message").asText()).isEqualTo("hi");
            assertThat(message.has("senderId")).isFalse();
        }
    }

    @Test
    void withoutKeysTheEventAuthenticateServiceIsAnsweredToo() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined()) {
            JsonNode answer = service.ask("authenticate_service", "{'serviceName':'billing','serviceKey':'x'}");
            assertThat(answer.at("/status").asText()).isEqualTo("ok");
            assertThat(service.next("service_authenticated")).isEqualTo(answer);
        }
    }

    @Test
    void aKeyInConnectAuthenticates() {
        int port = startWithKeys();

        try (Client service = Client.connect(port, BILLING);
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(service.next("connected").at("/socketId").asText()).isEqualTo(service.id());
            assertThat(service.send("hi", "alice").at("/status").asText()).isEqualTo("sent");
            JsonNode message = alice.next("message");
            assertThat(message.at("/senderId").asText()).isEqualTo("billing");
            assertThat(message.at("/metadata/source").asText()).isEqualTo("internal_service");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "billing,wrong",
        "billing,Hb3Jd8Rf5Gm1Yc0T",
        "unknown,Wv7Kp2Zt9Qx4Ls6N",
        "billing,''",
        "'',Wv7Kp2Zt9Qx4Ls6N"
    })
    void aWrongKeyInConnectIsRefused(String name, String key) {
        int port = startWithKeys();

        try (Client service = Client.connect(port, Map.of("serviceName", name, "serviceKey", key))) {
            assertThat(service.next("connect_error").at("/data"))
                    .isEqualTo(Client.parse("{'code':'invalid_service_key','retry':false}"));
        }
    }

    @Test
    void aKeyInTheEventAuthenticates() {
        int port = startWithKeys();

        try (Client service = Client.connect(port);
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            service.next("connected");
            assertThat(service.send("hi", "alice").at("/code").asText()).isEqualTo("unauthenticated");
            assertThat(service.ask("add_friend", "{'userId':'a','friend':'b'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("unauthenticated");

            JsonNode wrong = service.ask("authenticate_service", "{'serviceName':'billing','serviceKey':'wrong'}");
            assertThat(wrong.at("/status").asText()).isEqualTo("error");
            assertThat(wrong.at("/code").asText()).isEqualTo("invalid_service_key");
            assertThat(service.next("authentication_error")).isEqualTo(wrong);
            assertThat(service.send("hi", "alice").at("/code").asText()).isEqualTo("unauthenticated");

            JsonNode right =
                    service.ask("authenticate_service", "{'serviceName':'billing','serviceKey':'Wv7Kp2Zt9Qx4Ls6N'}");
            assertThat(right.at("/status").asText()).isEqualTo("ok");
            assertThat(right.at("/serviceName").asText()).isEqualTo("billing");
            assertThat(service.next("service_authenticated")).isEqualTo(right);
            assertThat(service.send("hi", "alice").at("/status").asText()).isEqualTo("sent");
            assertThat(alice.next("message").at("/senderId").asText()).isEqualTo("billing");
            assertThat(alice.received("message")).isEmpty();

            assertThat(service.ask("authenticate_service", "{'serviceName':'shop','serviceKey':'Hb3Jd8Rf5Gm1Yc0T'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("subject_mismatch");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "{}", "'billing'", "{'serviceName':'billing'}", "{'serviceKey':['Wv7Kp2Zt9Qx4Ls6N']}"})
    void malformedCredentialsAreRefused(String credentials) {
        int port = startWithKeys();

        try (Client service = Client.connect(port).joined()) {
            assertThat(service.ask("authenticate_service", credentials)
                            .at("/status")
                            .asText())
                    .isEqualTo("error");
            assertThat(service.send("hi", "alice").at("/code").asText()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void aServiceThatDoesNotAuthenticateInTimeIsDisconnected() {
        int port = start(onFreePorts()
                .serviceKeys("billing:Wv7Kp2Zt9Qx4Ls6N")
                .sessions(SessionConfig.DEFAULT.withAuthTimeout(Duration.ofMillis(200))));

        try (Client service = Client.connect(port);
                Client billing = Client.connect(port, BILLING)) {
            assertThat(service.next("authentication_error").at("/code").asText())
                    .isEqualTo("auth_timeout");
            service.next("disconnect");
            assertThat(billing.send("hi", "alice").at("/code").asText()).isEqualTo("not_delivered");
        }
    }

    @Test
    void servicesSetFriends() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined();
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(
                            service.ask(
                                    "set_friends",
                                    "{'userId':'alice','friends':['bob',{'userId':'carol','email':'c@example.com'},{'_id':'dave'}]}"))
                    .isEqualTo(Client.parse("{'status':'ok'}"));
            assertThat(friends("alice"))
                    .containsExactlyInAnyOrder(
                            Friend.of("bob"), new Friend("carol", "c@example.com"), Friend.of("dave"));
            assertThat(service.ask("add_friend", "{'userId':'alice','friend':{'_id':'erin','email':'e@example.com'}}"))
                    .isEqualTo(Client.parse("{'status':'ok'}"));
            assertThat(service.ask("remove_friend", "{'userId':'alice','friendId':'bob'}"))
                    .isEqualTo(Client.parse("{'status':'ok'}"));
            assertThat(friends("alice")).extracting(Friend::userId).containsExactlyInAnyOrder("carol", "dave", "erin");

            for (String added : List.of("bob", "carol", "dave", "erin")) {
                JsonNode now = alice.next("user_status_update");
                assertThat(now.at("/userId").asText()).isEqualTo(added);
                assertThat(now.at("/status").asText()).isEqualTo("offline");
            }
            try (Client carol = Client.user(scarfall.userPort(), "carol")) {
                assertThat(alice.next("user_status_update").at("/userId").asText())
                        .isEqualTo("carol");
                assertThat(carol.isConnected()).isTrue();
            }
        }
    }

    private List<Friend> friends(String userId) {
        return scarfall.roster().friends(userId).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set_friends   | null",
                "set_friends   | {'userId':'alice'}",
                "set_friends   | {'friends':['bob']}",
                "set_friends   | {'userId':'','friends':[]}",
                "set_friends   | {'userId':'alice','friends':[null]}",
                "set_friends   | {'userId':'alice','friends':[7.5]}",
                "set_friends   | {'userId':'alice','friends':[true]}",
                "set_friends   | {'userId':true,'friends':[]}",
                "set_friends   | {'userId':7.5,'friends':[]}",
                "set_friends   | {'userId':['alice'],'friends':[]}",
                "set_friends   | {'userId':'alice','friends':[{}]}",
                "set_friends   | {'userId':'alice','friends':'bob'}",
                "add_friend    | {'userId':'alice'}",
                "add_friend    | {'userId':'a\\nb','friend':'bob'}",
                "add_friend    | [1]",
                "remove_friend | {'userId':'alice'}",
                "remove_friend | null",
            })
    void anInvalidListIsRefused(String event, String request) {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined()) {
            JsonNode answer = service.ask(event, request);
            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("invalid");
            assertThat(friends("alice")).isEmpty();
        }
    }

    /** Systems with numeric ids send them as numbers. */
    @Test
    void anIntegerIsTheIdOfAUser() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined();
                Client seven = Client.user(scarfall.userPort(), "7")) {
            service.ask("set_friends", "{'userId':7,'friends':[8,{'_id':9},{'userId':10}]}");
            service.ask("add_friend", "{'userId':7,'friend':11}");
            service.ask("remove_friend", "{'userId':7,'friendId':10}");
            assertThat(friends("7")).extracting(Friend::userId).containsExactlyInAnyOrder("8", "9", "11");
            assertThat(service.ask("revoke", "{'userId':7}").at("/ended").asInt())
                    .isEqualTo(1);
            seven.next("authentication_error");
        }
    }

    /** In the data of the predecessor, userId is a display name. */
    @Test
    void theFirstOfTwoIdsOfAFriendCounts() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined()) {
            service.ask(
                    "set_friends",
                    "{'userId':'alice','friends':[{'userId':'Bob B.','_id':'bob'},{'_id':'carol','userId':''},"
                            + "{'_id':'','userId':'dave'},{'_id':null,'userId':'erin'}]}");
            assertThat(friends("alice"))
                    .extracting(Friend::userId)
                    .containsExactlyInAnyOrder("bob", "carol", "dave", "erin");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set_friends   | {'friends':[]}                         | userId: missing",
                "set_friends   | {'userId':true,'friends':[]}           | userId: not an id (expected: a string or an integer)",
                "set_friends   | {'userId':'alice','friends':[{}]}      | friend: missing",
                "add_friend    | {'userId':'alice','friend':[1]}        | friend: not an id",
                "remove_friend | {'userId':'alice','friendId':''}       | friendId: malformed",
                "revoke        | {'userId':{'x':1}}                     | userId: not an id",
            })
    void theErrorNamesTheField(String event, String request, String words) {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined()) {
            assertThat(service.ask(event, request).at("/error").asText()).contains(words);
        }
    }

    @Test
    void aServiceMayPing() {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port, Map.of("serviceName", "shop", "serviceType", "orders"))
                .joined()) {
            JsonNode pong = service.ask("ping");
            assertThat(pong.at("/timestamp").asText()).isNotEmpty();
            assertThat(pong.at("/service")).isEqualTo(Client.parse("{'name':'shop','type':'orders'}"));
        }
    }

    @Test
    void unknownEventsMayStayUnanswered() {
        int port = start(onFreePorts().answerUnknownEvents(false));

        try (Client service = Client.connect(port).joined();
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            var first = service.asking("no such event", "1");
            service.ask("ping");
            var second = alice.asking("no such event", "1");
            alice.ask("ping");
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
        }
    }

    /** Defect 6 of the predecessor: see the name of the test. */
    @Test
    void thePortsShareNothingThatAClientCanReach() {
        int internalPort = startWithKeys();

        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client bob = Client.user(scarfall.userPort(), "bob");
                Client service = Client.connect(internalPort, BILLING)) {
            service.next("connected");
            for (String event : List.of("authenticate_service", "set_friends", "add_friend", "remove_friend")) {
                var answer = alice.asking(
                        event,
                        "{'serviceName':'billing','serviceKey':'Wv7Kp2Zt9Qx4Ls6N','userId':'alice','friends':['bob'],"
                                + "'friend':'bob','friendId':'bob'}");
                assertThat(answer.join().at("/code").asText()).as(event).isEqualTo("unknown_event");
            }
            assertThat(friends("alice")).isEmpty();
            for (String event : List.of("authenticate", "get_online_users", "get_all_online_users")) {
                JsonNode answer = service.ask(event, "{'token':'" + Tokens.of("alice") + "'}");
                assertThat(answer.at("/code").asText()).as(event).isEqualTo("unknown_event");
                assertThat(answer.at("/error").asText()).as(event).contains("user gateway");
            }
            assertThat(service.ask("no such event").at("/error").asText()).isEqualTo("there is no such event");
            assertThat(alice.ask("send_message", "{'recipientIds':['bob'],'message':'x','metadata':{}}")
                            .at("/status")
                            .asText())
                    .isEqualTo("sent");
            assertThat(bob.next("message").at("/metadata").has("source")).isFalse();
            scarfall.services().emit("news", "for services");
            assertThat(service.next("news").asText()).isEqualTo("for services");
            alice.ask("ping");
            assertThat(alice.received("news")).isEmpty();
        }
        try (Client user = Client.connect(internalPort, Map.of("token", Tokens.of("alice")))) {
            user.next("connected");
            assertThat(user.send("x", "bob").at("/code").asText()).isEqualTo("unauthenticated");
        }
        try (Client service = Client.connect(scarfall.userPort(), BILLING).joined()) {
            assertThat(service.send("x", "bob").at("/code").asText()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void beyondLoopbackTheInternalPortNeedsKeysOrASetting() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> onFreePorts().internalHost("0.0.0.0").start())
                .withMessageContaining("internalHost: 0.0.0.0 (expected: a loopback address");
        assertThatCode(() -> onFreePorts()
                        .internalHost("0.0.0.0")
                        .serviceKeys("a:Wv7Kp2Zt9Qx4Ls6N")
                        .start()
                        .close())
                .doesNotThrowAnyException();
        assertThatCode(() -> onFreePorts()
                        .internalHost("0.0.0.0")
                        .openInternal(true)
                        .start()
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void messagesOfOneServiceKeepTheirOrder() throws Exception {
        int port = start(onFreePorts());

        try (Client service = Client.connect(port).joined();
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            for (int i = 0; i < 500; i++) {
                service.emit("send_message", Client.message("" + i, "alice"));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(alice.next("message").at("/message").asText()).isEqualTo("" + i);
            }
            assertThat(service.asking("send_message", Client.message("last", "alice"))
                            .get(10, TimeUnit.SECONDS)
                            .at("/status")
                            .asText())
                    .isEqualTo("sent");
        }
    }
}
