package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.scarfall.engineio.Bytes;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Status;
import io.scarfall.presence.UserPresence;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.TypeRef;
import io.socket.client.IO;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An application with a mapper of its own, and what other mappers make of the gateway's values. */
class ApplicationJsonTest extends OneNode {

    record Item(String skuCode, int howMany) {}

    static final class Opaque {
        Opaque(int one, int two) {
            assertThat(one + two).isPositive();
        }
    }

    private static final class Shouting extends StdScalarSerializer<String> {
        private static final long serialVersionUID = 1;

        Shouting() {
            super(String.class);
        }

        @Override
        public void serialize(String value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value + "!");
        }
    }

    /** As an application may configure it, if the gateway's own answers followed it. */
    private static ObjectMapper wild() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
                .addModule(new SimpleModule().addSerializer(new Shouting()))
                .build();
    }

    /** Counts what the application's codec is used for. */
    private static final class CountingCodec implements JsonCodec {
        private final JsonCodec codec = JacksonCodec.of(wild());
        private final AtomicInteger uses = new AtomicInteger();

        @Override
        public Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
            uses.incrementAndGet();
            return codec.write(values, attachments);
        }

        @Override
        public @Nullable Object read(Bytes json, List<Bytes> attachments, Type type) {
            uses.incrementAndGet();
            return codec.read(json, attachments, type);
        }
    }

    @Test
    void theEventsOfTheGatewayDoNotUseTheCodecOfTheApplication() {
        CountingCodec codec = new CountingCodec();
        scarfall = onFreePorts()
                .json(codec)
                .authenticatedNamespace("/orders", table -> table.on("x", (socket, arguments) -> null))
                .start();
        int port = scarfall.userPort();
        String token = Tokens.of("bob");
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.connect(port).joined();
                Client service = Client.connect(scarfall.internalPort()).joined();
                Client refused = Client.connect(port, "/orders", new IO.Options());
                Client admitted = Client.connect(
                        port,
                        "/orders",
                        IO.Options.builder().setAuth(Map.of("token", token)).build())) {
            admitted.joined();
            assertThat(refused.next("connect_error").toString()).contains("\"code\":\"token_required\"");
            assertThat(bob.ask("ping"))
                    .isEqualTo(
                            Client.parse("{'status':'error','error':'authenticate first','code':'unauthenticated'}"));
            assertThat(bob.ask("authenticate", "[7]"))
                    .isEqualTo(Client.parse("{'status':'error','error':'invalid arguments: [0]','code':'invalid'}"));
            JsonNode connected = bob.ask("authenticate", "{'token':'" + token + "'}");
            assertThat(connected.at("/user/userId").asText()).isEqualTo("bob");
            assertThat(bob.next("connected")).isEqualTo(connected);
            JsonNode sent = alice.send("hello", "bob", "carol");
            assertThat(sent.at("/recipients")).isEqualTo(Client.parse("{'total':2,'sent':['bob'],'failed':['carol']}"));
            assertThat(bob.next("message").at("/senderId").asText()).isEqualTo("alice");
            assertThat(alice.ask("send_message", "7").at("/code").asText()).isEqualTo("invalid");
            for (String event : List.of(
                    "get_online_users",
                    "get_online_friends_only",
                    "get_all_online_users",
                    "get_detailed_online_users",
                    "ping")) {
                assertThat(alice.ask(event).toString()).as(event).doesNotContain("!", "error");
            }
            assertThat(alice.ask("get_all_online_users", "{'limit':'x'}")
                            .at("/code")
                            .asText())
                    .isEqualTo("invalid");
            assertThat(alice.ask("nothing").at("/code").asText()).isEqualTo("unknown_event");
            assertThat(service.ask("ping").has("timestamp")).isTrue();
            assertThat(service.ask("set_friends", "{'userId':'bob','friends':['alice']}")
                            .at("/status")
                            .asText())
                    .isEqualTo("ok");
            assertThat(service.ask("revoke", "{'userId':'bob'}").at("/status").asText())
                    .isEqualTo("ok");
            assertThat(bob.next("authentication_error").at("/code").asText()).isEqualTo("revoked");
            assertThat(admitted.next("authentication_error").at("/code").asText())
                    .isEqualTo("revoked");
        }
        assertThat(codec.uses).as("uses").hasValue(0);
    }

    @Test
    void theEventsOfTheApplicationDo() throws Exception {
        scarfall = onFreePorts()
                .json(JacksonCodec.of(wild()))
                .on("item", Item.class, (user, item) -> {
                    user.socket().emit("emitted", item);
                    return item;
                })
                .on("items", new TypeRef<List<Item>>() {}, (user, items) -> items.get(0))
                .onBlocking("slow", new TypeRef<List<Item>>() {}, (user, items) -> items.get(0))
                .on("refused", (user, arguments) -> {
                    throw new EventRefusedException("sold_out", "no more", new Item("s", 0));
                })
                .on("opaque", Opaque.class, (user, opaque) -> "read")
                .authenticatedNamespace("/orders", table -> table.on("item", Item.class, (socket, item) -> item))
                .authenticatedNamespace(
                        "/plain",
                        table -> table.json(JacksonCodec.DEFAULT).on("item", Item.class, (socket, item) -> item))
                .start();
        int port = scarfall.userPort();
        IO.Options auth = IO.Options.builder()
                .setAuth(Map.of("token", Tokens.of("alice")))
                .build();
        JsonNode item = Client.parse("{'sku_code':'s!','how_many':2}");
        String sent = "{'sku_code':'s','how_many':2}";
        try (Client alice = Client.user(port, "alice");
                Client orders = Client.connect(port, "/orders", auth).joined();
                Client plain = Client.connect(port, "/plain", auth).joined()) {
            assertThat(alice.ask("item", sent)).isEqualTo(item);
            assertThat(alice.next("emitted")).isEqualTo(item);
            assertThat(alice.ask("items", "[" + sent + "]")).isEqualTo(item);
            assertThat(alice.ask("slow", "[" + sent + "]")).isEqualTo(item);
            assertThat(orders.ask("item", sent)).isEqualTo(item);
            assertThat(plain.ask("item", "{'skuCode':'s','howMany':2}"))
                    .isEqualTo(Client.parse("{'skuCode':'s','howMany':2}"));
            assertThat(alice.ask("items", "[" + sent + ",{'how_many':{}}]"))
                    .isEqualTo(Client.parse(
                            "{'status':'error','error':'invalid arguments: [0][1].how_many','code':'invalid'}"));
            assertThat(alice.ask("refused"))
                    .isEqualTo(Client.parse("{'status':'error','error':'no more','code':'sold_out',"
                            + "'data':{'sku_code':'s!','how_many':0}}"));
            assertThat(alice.ask("opaque", "{}"))
                    .isEqualTo(Client.parse("{'status':'error','error':'internal error','code':'internal'}"));
            scarfall.delivery()
                    .send(List.of("alice"), "news", new Item("n", 1))
                    .toCompletableFuture()
                    .get();
            assertThat(alice.next("news")).isEqualTo(Client.parse("{'sku_code':'n!','how_many':1}"));
            scarfall.users().emit("all", new Item("a", 1));
            assertThat(alice.next("all")).isEqualTo(Client.parse("{'sku_code':'a!','how_many':1}"));
            scarfall.delivery()
                    .sendMessage(List.of("alice"), "m", new Item("d", 1))
                    .toCompletableFuture()
                    .get();
            assertThat(alice.next("message").at("/metadata/sku_code").asText()).isEqualTo("d!");
        }
    }

    // What an application returns from a REST controller

    @Test
    void aDeliveryIsWrittenAsTheAckLooks() throws IOException, ExecutionException, InterruptedException {
        scarfall = onFreePorts().start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            for (List<String> recipients : List.of(List.of("alice"), List.of("alice", "x"), List.of("x"))) {
                Delivery delivery = scarfall.delivery()
                        .sendMessage(recipients, "hello", null)
                        .toCompletableFuture()
                        .get();
                String ack = delivery.reply().json().utf8();
                assertThat(ack).contains("\"status\"");
                assertThat(new ObjectMapper().writeValueAsString(delivery)).isEqualTo(ack);
                assertThat(new tools.jackson.databind.json.JsonMapper().writeValueAsString(delivery))
                        .isEqualTo(ack);
                ObjectMapper sparse = JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .defaultPropertyInclusion(JsonInclude.Value.construct(
                                JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_EMPTY))
                        .build();
                assertThat(sparse.writeValueAsString(delivery)).isEqualTo(ack);
                JsonNode tree = sparse.valueToTree(Map.of("nested", delivery));
                assertThat(tree.get("nested")).isEqualTo(new ObjectMapper().readTree(ack));
            }
            assertThat(alice.next("message").at("/message").asText()).isEqualTo("hello");
        }
    }

    @Test
    void anIdentityIsWrittenWithoutWhatIsPersonalOrSecret() throws IOException {
        Identity identity = new Identity("u", "mail", "device", Instant.MAX).withTokenId("t-1");
        assertWritten(identity, "{'userId':'u'}");
        assertWritten(Map.of("me", identity), "{'me':{'userId':'u'}}");
    }

    @Test
    void otherValuesAreWrittenByTheirNames() throws IOException {
        Instant seen = Instant.parse("2026-01-02T03:04:05.678Z");
        assertWritten(new Ended(2, List.of("n")), "{'sessions':2,'unconfirmed':['n']}");
        assertWritten(new Friend("u", null), "{'userId':'u','email':null}");
        assertWritten(Status.ONLINE, "'online'");
        assertWritten(new NodeId("n", 7), "{'name':'n','epoch':7}");
        assertWritten(
                new UserPresence("u", Status.ONLINE, seen, 3, null, 1),
                "{'userId':'u','status':'online','lastSeen':'2026-01-02T03:04:05.678Z','version':3,'email':null,"
                        + "'sessionCount':1}");
        assertWritten(
                new Page<>(List.of(Friend.of("u")), "c", 9),
                "{'items':[{'userId':'u','email':null}],'nextCursor':'c','total':9,'complete':true}");
        assertThat(new ObjectMapper().readValue("\"offline\"", Status.class)).isEqualTo(Status.OFFLINE);
        assertThat(Set.of(Status.values())).allSatisfy(status -> assertWritten(status, "'" + status.word() + "'"));
    }

    private static void assertWritten(Object value, String json) throws IOException {
        ObjectMapper two = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        assertThat(two.readTree(two.writeValueAsString(value))).isEqualTo(Client.parse(json));
        String three = new tools.jackson.databind.json.JsonMapper().writeValueAsString(value);
        assertThat(two.readTree(three)).isEqualTo(Client.parse(json));
    }
}
