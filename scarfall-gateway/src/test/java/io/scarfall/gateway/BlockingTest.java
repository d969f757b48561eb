package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.testing.Answers;
import io.socket.client.IO;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocking handlers of embedders. */
class BlockingTest extends OneNode {

    private static final int VIRTUAL_FEATURE = 21;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger blocked = new AtomicInteger();
    private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

    @AfterEach
    void openGate() {
        gate.countDown();
    }

    private void start() {
        scarfall = onFreePorts()
                .onBlocking("wait", Integer.class, (user, number) -> {
                    blocked.incrementAndGet();
                    gate.await();
                    handled.add(number);
                    return number;
                })
                .onBlocking("quick", Integer.class, (user, number) -> number)
                .onBlocking("throw", Integer.class, (user, number) -> {
                    throw new StackOverflowError("expected by a test");
                })
                .start();
    }

    private Client user(String userId, String transport) {
        IO.Options options = new IO.Options();
        options.transports = new String[] {transport};
        options.auth = Map.of("token", Tokens.of(userId));
        Client client = Client.connect(scarfall.userPort(), "/", options);
        client.next("connected");
        return client;
    }

    /** The client sends many more events than may wait. The server stops reading them, and loses none. */
    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void aClientThatSendsFasterThanHandlersRunIsReadLaterWithoutLoss(String transport) {
        start();
        int events = 1_000;
        try (Client alice = user("alice", transport);
                Client bob = user("bob", transport)) {
            List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                answers.add(alice.asking("wait", "" + i));
            }
            await().atMost(Client.PATIENCE).until(() -> blocked.get() == 1);
            CompletableFuture<JsonNode> behind = alice.asking("ping");
            assertThat(bob.ask("quick", "7").asInt()).as("another session").isEqualTo(7);
            assertThat(behind).as("not read yet").isNotDone();

            gate.countDown();
            for (int i = 0; i < events; i++) {
                assertThat(answers.get(i)
                                .orTimeout(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                                .join()
                                .asInt())
                        .isEqualTo(i);
            }
            assertThat(List.copyOf(handled)).hasSize(events).isSorted();
            assertThat(behind.orTimeout(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .has("timestamp"))
                    .isTrue();
        }
    }

    @Test
    void aHandlerThatThrowsCausesAnErrorForItsEventOnly() {
        start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("throw", "1").at("/code").asText()).isEqualTo("internal");
            assertThat(alice.ask("quick", "1").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aBlockingHandlerMayTakeAllArguments() {
        scarfall = onFreePorts()
                .onBlocking(
                        "sum",
                        (user, arguments) -> arguments.require(0, Integer.class) + arguments.get(1, Integer.class, 10))
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("sum", "1", "2").asInt()).isEqualTo(3);
            assertThat(alice.ask("sum", "1").asInt()).isEqualTo(11);
            assertThat(alice.ask("sum").at("/code").asText()).isEqualTo("invalid");
        }
    }

    /** Clients, each of which blocks a handler. */
    private List<RawClient> block(int count) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawClient client = new RawClient(scarfall.userPort(), "", null)
                    .send("40{\"token\":\"" + Tokens.of("user" + i) + "\"}");
            assertThat(client.next()).startsWith("40");
            clients.add(client.send("421[\"wait\",1]"));
        }
        return clients;
    }

    /** With virtual threads no handler waits for another. Otherwise as many can block as the pool has threads. */
    @Test
    void manyHandlersMayBlockAtOnce() {
        boolean virtual = Runtime.version().feature() >= VIRTUAL_FEATURE;
        int together = virtual ? 300 : 63;
        start();
        List<RawClient> clients = block(together);
        await().atMost(Client.PATIENCE).until(() -> blocked.get() == together);
        try (Client another = Client.user(scarfall.userPort(), "another")) {
            assertThat(another.ask("quick", "1").asInt()).isEqualTo(1);
        }
        if (!virtual) {
            clients.addAll(block(2));
            await().atMost(Client.PATIENCE).until(() -> blocked.get() == together + 1);
            assertThat(scarfall.sessionCount()).isLessThanOrEqualTo(together + 2);
        }
        gate.countDown();
        await().atMost(Client.PATIENCE).until(() -> handled.size() == clients.size());
        clients.forEach(RawClient::close);
    }

    @Test
    void closingWaitsForHandlersAndThenInterruptsThem() {
        CompletableFuture<String> how = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        scarfall = onFreePorts()
                .onBlocking("stubborn", Integer.class, (user, number) -> {
                    begun.countDown();
                    try {
                        gate.await();
                        how.complete("ended");
                    } catch (InterruptedException e) {
                        how.complete("interrupted");
                    }
                    return number;
                })
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            alice.emit("stubborn", "1");
            alice.emit("stubborn", "2");
            await().atMost(Client.PATIENCE).until(() -> begun.getCount() == 0);
            long start = System.nanoTime();
            scarfall.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            assertThat(how).isCompletedWithValue("interrupted");
        }
    }

    @Test
    void closingLetsHandlersFinishWithinTheTimeout() {
        CompletableFuture<String> how = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        scarfall = onFreePorts()
                .onBlocking("slow", Integer.class, (user, number) -> {
                    begun.countDown();
                    left.await();
                    how.complete("ended");
                    return number;
                })
                .start();
        Client alice = Client.user(scarfall.userPort(), "alice");
        alice.emit("slow", "1");
        await().atMost(Client.PATIENCE).until(() -> begun.getCount() == 0);
        CompletableFuture<Void> closed = Answers.aside(scarfall::close);
        await().atMost(Client.PATIENCE).until(() -> scarfall.sessionCount() == 0); // so the gateway is closing
        left.countDown();
        assertThat(closed).succeedsWithin(Client.PATIENCE);
        assertThat(how).isCompletedWithValue("ended");
    }
}
