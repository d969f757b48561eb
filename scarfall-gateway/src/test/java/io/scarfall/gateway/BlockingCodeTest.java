package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.testing.Answers;
import io.socket.client.IO;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Code of the application that blocks, other than handlers of the main namespace. */
class BlockingCodeTest extends OneNode {

    private static final String THREAD = "scarfall-blocking";

    private Client connect(String namespace, String token) {
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", token);
        return Client.connect(scarfall.userPort(), namespace, options);
    }

    private static String thread() {
        return Thread.currentThread().getName();
    }

    private static ScarfallBuilder verifiedBy(Blocking.Verifier verifier) {
        return Scarfall.builder().port(0).internalPort(0).tokenVerifier(Blocking.verifier(verifier));
    }

    private static Identity identity(String token) throws Exception {
        return switch (token) {
            case "refused" -> throw new TokenRefusedException("no_account", "there is no such account", false);
            case "broken" -> throw new SQLException("expected by a test: " + token);
            default -> new Identity(thread().startsWith(THREAD) ? token : thread(), null, null, Instant.MAX);
        };
    }

    @Test
    void aVerifierMayBlock() {
        scarfall = verifiedBy(BlockingCodeTest::identity).start();
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway");
                Client alice = connect("/", "alice");
                Client refused = connect("/", "refused");
                Client broken = connect("/", "broken")) {
            assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
            assertThat(refused.next("connect_error").at("/data/code").asText()).isEqualTo("no_account");
            assertThat(broken.next("connect_error").at("/data"))
                    .isEqualTo(Client.parse("{'code':'unavailable','retry':true}"));
            assertThat(log.text()).contains("error=java.sql.SQLException").doesNotContain("expected by a test");
        }
    }

    /** One client's token hangs; all others connect meanwhile, also where only one thread of the executor is left. */
    @Test
    void aVerifierThatHangsIsInterruptedAndRefusesItsClientOnly() {
        CompletableFuture<String> how = new CompletableFuture<>();
        ExecutorService two = Executors.newFixedThreadPool(2, task -> new Thread(task, THREAD + " of the test"));
        try {
            scarfall = verifiedBy(token -> {
                        if (token.equals("hangs")) {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                how.complete("interrupted");
                                throw e;
                            }
                        }
                        return identity(token);
                    })
                    .blockingExecutor(two)
                    .start();
            try (Client hangs = connect("/", "hangs");
                    Client alice = connect("/", "alice")) {
                assertThat(alice.next("connected").at("/user/userId").asText()).isEqualTo("alice");
                assertThat(hangs.next("connect_error").at("/data/code").asText())
                        .isEqualTo("unavailable");
                assertThat(how).succeedsWithin(Client.PATIENCE).isEqualTo("interrupted");
            }
        } finally {
            two.shutdownNow();
        }
    }

    /** Lists in a database. */
    private static class Table implements Blocking.Friends {

        volatile @Nullable RuntimeException failure;

        @Override
        public List<Friend> friends(String userId) throws Exception {
            if (userId.equals("broken")) {
                throw new SQLException("expected by a test");
            }
            RuntimeException present = failure;
            if (present != null) {
                throw present;
            }
            return userId.equals("bob") && thread().startsWith(THREAD) ? List.of(Friend.of("alice")) : List.of();
        }

        @Override
        public Page<String> watchers(String userId, @Nullable String cursor, int limit) {
            RuntimeException present = failure;
            if (present != null) {
                throw present;
            }
            return userId.equals("alice") ? new Page<>(List.of("bob"), null, 1) : Page.empty();
        }
    }

    @Test
    void aRosterMayBlockAndFail() {
        Table table = new Table();
        scarfall = onFreePorts().roster(Blocking.roster(table)).start();
        try (Client bob = Client.user(scarfall.userPort(), "bob");
                Client broken = Client.user(scarfall.userPort(), "broken");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(bob.next("user_status_update").at("/userId").asText()).isEqualTo("alice");
            assertThat(bob.ask("get_online_users").at("/users/0/userId").asText())
                    .isEqualTo("alice");
            assertThat(broken.ask("get_online_users").at("/code").asText()).isEqualTo("unavailable");

            table.failure = new IllegalStateException("expected by a test");
            assertThat(bob.ask("get_online_users").at("/code").asText()).isEqualTo("unavailable");
            alice.leave(); // its notice cannot be sent
            try (Client again = Client.user(scarfall.userPort(), "alice")) {
                table.failure = null;
                assertThat(bob.ask("get_online_users").at("/users/0/userId").asText())
                        .isEqualTo("alice");
                assertThat(again.isConnected()).isTrue();
            }
        }
    }

    @Test
    void guardsAndHandlersOfAllNamespacesMayBlock() {
        scarfall = onFreePorts()
                .blockingTimeout(Duration.ofMillis(200))
                .namespace(Namespace.builder("/open")
                        .guard(Blocking.guard(
                                (socket, identity) -> assertThat(identity).isNull()))
                        .on("thread", Blocking.handler((socket, arguments) -> thread()))
                        .build())
                .authenticatedNamespace(
                        "/staff",
                        table -> table.guard(Blocking.guard((socket, identity) -> {
                                    if (identity.userId().equals("bob")) {
                                        throw new ConnectRefusedException("off duty", null);
                                    } else if (identity.userId().equals("carol")) {
                                        throw new SQLException("expected by a test");
                                    } else if (identity.userId().equals("dave")) {
                                        new CountDownLatch(1).await();
                                    }
                                }))
                                .on("thread", String.class, Blocking.handler((socket, text) -> text + thread()))
                                .on("hang", Blocking.handler((socket, arguments) -> {
                                    new CountDownLatch(1).await();
                                    return "never";
                                })))
                .start();
        try (Client open = connect("/open", "no token").joined();
                Client alice = connect("/staff", Tokens.of("alice")).joined();
                Client bob = connect("/staff", Tokens.of("bob"));
                Client carol = connect("/staff", Tokens.of("carol"));
                Client dave = connect("/staff", Tokens.of("dave"))) {
            assertThat(open.ask("thread").asText()).startsWith(THREAD);
            assertThat(alice.ask("thread", "'on '").asText()).startsWith("on " + THREAD);
            assertThat(bob.next("connect_error").at("/message").asText()).isEqualTo("off duty");
            assertThat(carol.next("connect_error").at("/message").asText()).isEqualTo("internal error");
            assertThat(dave.next("connect_error").at("/message").asText()).isEqualTo("internal error");
            assertThat(alice.ask("hang").at("/status").asText()).isEqualTo("error");
            assertThat(alice.ask("thread", "'still '").asText()).startsWith("still");
        }
    }

    @Test
    void aCheckBeforeAnEventMayBlock() {
        CountDownLatch goesOn = new CountDownLatch(1);
        scarfall = onFreePorts()
                .on(
                        "delete",
                        String.class,
                        (user, item) -> "deleted " + item,
                        Blocking.check((identity, event, arguments) -> {
                            goesOn.await();
                            if (!thread().startsWith(THREAD)
                                    || !arguments.require(0, String.class).startsWith(identity.userId())) {
                                throw new EventRefusedException("not_yours", event);
                            }
                        }))
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            CompletableFuture<JsonNode> own = alice.asking("delete", "'alice 1'");
            CompletableFuture<JsonNode> others = alice.asking("delete", "'bob 1'");
            assertThat(alice.ask("ping").has("timestamp"))
                    .as("other events go on")
                    .isTrue();
            assertThat(own).isNotDone();
            goesOn.countDown();
            assertThat(Answers.await(own).asText()).isEqualTo("deleted alice 1");
            assertThat(Answers.await(others).at("/code").asText()).isEqualTo("not_yours");
        }
    }

    @Test
    void aHandlerThatTakesTooLongIsInterruptedAndAnswered() {
        CompletableFuture<String> how = new CompletableFuture<>();
        scarfall = onFreePorts()
                .blockingTimeout(Duration.ofMillis(100))
                .onBlocking("hang", (user, arguments) -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        how.complete("interrupted");
                    }
                    return "late";
                })
                .onBlocking(
                        "interrupted",
                        (user, arguments) -> Thread.currentThread().isInterrupted())
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("hang"))
                    .isEqualTo(Client.parse("{'status':'error','error':'the event took too long','code':'timeout'}"));
            await().atMost(Client.PATIENCE).until(how::isDone);
            assertThat(alice.ask("interrupted").asBoolean())
                    .as("the next handler")
                    .isFalse();
        }
    }
}
