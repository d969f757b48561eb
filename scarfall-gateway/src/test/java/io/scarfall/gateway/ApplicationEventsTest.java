package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.socketio.EventRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What runs around the events of an application: interceptors, listeners, and answers to failures. */
class ApplicationEventsTest extends OneNode {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private static final class OutOfStock extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void aRefusalIsTheAckOfTheEvent() {
        scarfall = onFreePorts()
                .on("order", String.class, (user, item) -> {
                    throw new EventRefusedException("sold_out", "no " + item + " left", Map.of("item", item));
                })
                .on(
                        "later",
                        (user, arguments) ->
                                CompletableFuture.failedFuture(new EventRefusedException("closed", "come back later")))
                .onBlocking("slow", String.class, (user, item) -> {
                    throw new EventRefusedException("closed", "come back later");
                })
                .start();
        try (CapturedLog log = new CapturedLog("io.scarfall");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("order", "'tea'"))
                    .isEqualTo(Client.parse(
                            "{'status':'error','error':'no tea left','code':'sold_out'," + "'data':{'item':'tea'}}"));
            JsonNode closed = Client.parse("{'status':'error','error':'come back later','code':'closed'}");
            assertThat(alice.ask("later")).isEqualTo(closed);
            assertThat(alice.ask("slow", "'tea'")).isEqualTo(closed);
            assertThat(log.text()).doesNotContain("WARN", "ERROR", "EventRefusedException");
        }
    }

    @Test
    void errorHandlersMapExceptionsOfTheApplication() {
        scarfall = onFreePorts()
                .on("order", String.class, (user, item) -> {
                    throw new OutOfStock();
                })
                .on("pay", String.class, (user, item) -> {
                    throw new OutOfStock();
                })
                .on("broken", (user, arguments) -> {
                    throw new IllegalStateException("expected by a test");
                })
                .onError((socket, event, error) -> {
                    throw error instanceof OutOfStock ? new EventRefusedException("out_of_stock", event) : error;
                })
                .onError("pay", (socket, event, error) -> "not paid")
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("order", "'tea'").at("/code").asText()).isEqualTo("out_of_stock");
            assertThat(alice.ask("pay", "'tea'").asText()).isEqualTo("not paid");
            assertThat(alice.ask("pay").asText())
                    .as("arguments that do not fit")
                    .isEqualTo("not paid");
            assertThat(alice.ask("order").at("/code").asText()).isEqualTo("invalid");
            assertThat(alice.ask("broken").at("/code").asText()).isEqualTo("internal");
            assertThat(alice.ask("send_message").at("/code").asText())
                    .as("an event of the gateway")
                    .isEqualTo("invalid");
        }
    }

    @Test
    void anErrorHandlerNeedsAnEventOfTheApplication() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> onFreePorts()
                        .onError("typo", (socket, event, error) -> null)
                        .build())
                .withMessage("onError: typo (expected: an event of the application)");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        onFreePorts().on("twice", (user, arguments) -> null).on("twice", (user, arguments) -> null))
                .withMessage("event: twice (expected: one handler per event)");
    }

    @Test
    void interceptorsAndListenersSeeTheEventsOfUsers() {
        scarfall = onFreePorts()
                .onAny((socket, event, arguments) ->
                        seen.add("any " + event + " " + Identity.of(socket).userId()))
                .intercept((socket, event, arguments, next) -> {
                    seen.add("before " + event + " " + Identity.of(socket).userId() + " " + arguments.size());
                    Object answer = next.proceed(arguments);
                    seen.add("after " + event);
                    return answer;
                })
                .on("order", String.class, (user, item) -> seen.add("order"), (socket, event, arguments, next) -> {
                    seen.add("inner");
                    return next.proceed(arguments);
                })
                .start();
        try (Client anonymous = Client.connect(scarfall.userPort()).joined()) {
            assertThat(anonymous.ask("order", "'tea'").at("/code").asText()).isEqualTo("unauthenticated");
            anonymous.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}");
            assertThat(seen).as("of no user yet").isEmpty();

            assertThat(anonymous.ask("order", "'tea'").asBoolean()).isTrue();
            assertThat(List.copyOf(seen))
                    .containsExactly("any order alice", "before order alice 1", "inner", "order", "after order");
            seen.clear();
            assertThat(anonymous.ask("ping").has("timestamp")).isTrue();
            assertThat(List.copyOf(seen)).containsExactly("any ping alice", "before ping alice 0", "after ping");
            seen.clear();
            anonymous.ask("unknown");
            assertThat(List.copyOf(seen)).containsExactly("any unknown alice");
        }
    }

    @Test
    void anInterceptorMayRefuseAnEventOfTheGateway() {
        scarfall = onFreePorts()
                .intercept((socket, event, arguments, next) -> {
                    if (event.equals("send_message")) {
                        throw new EventRefusedException("muted", "this user is muted");
                    }
                    return next.proceed(arguments);
                })
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice");
                Client bob = Client.user(scarfall.userPort(), "bob")) {
            assertThat(alice.send("hello", "bob"))
                    .isEqualTo(Client.parse("{'status':'error','error':'this user is muted','code':'muted'}"));
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
            assertThat(bob.received("message")).isEmpty();
        }
    }

    @Test
    void aHandlerThatAlwaysThrowsCannotFillTheLog() {
        scarfall = onFreePorts()
                .on("broken", String.class, (user, text) -> {
                    throw new IllegalStateException("chosen by the client: " + text);
                })
                .start();
        try (CapturedLog log = new CapturedLog("io.scarfall");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            for (int i = 0; i < 20; i++) {
                assertThat(alice.ask("broken", "'" + i + "'").at("/code").asText())
                        .isEqualTo("internal");
            }
            assertThat(log.text().split("ERROR ", -1)).hasSize(1 + 1);
        }
    }
}
