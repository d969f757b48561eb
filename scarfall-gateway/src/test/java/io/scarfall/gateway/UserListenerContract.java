package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.socketio.DisconnectReason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What an application learns of the devices of its users. */
abstract class UserListenerContract extends SharedNodes {

    private static final Duration GRACE = Duration.ofMillis(300);

    final Recorder recorder = new Recorder();

    UserListenerContract(SharedState state) {
        super(state, Duration.ofSeconds(4));
    }

    /** Writes down the calls. */
    static class Recorder implements UserListener {

        final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

        @Override
        public void connected(UserCall user, Change change) {
            calls.add("connected " + user.identity().userId() + " " + change);
        }

        @Override
        public void disconnecting(UserCall user, DisconnectReason reason, Set<String> rooms) {
            calls.add("disconnecting " + user.identity().userId() + " " + reason + " " + rooms);
            rooms.forEach(
                    room -> user.socket().to(room).emit("left", user.identity().userId()));
        }

        @Override
        public void disconnected(UserCall user, DisconnectReason reason, Change change) {
            calls.add("disconnected " + user.identity().userId() + " " + reason + " " + change);
        }

        @Override
        public void statusChanged(TransitionFeed.StatusChange change) {
            changes.add(change.userId() + " " + change.status().word());
        }

        String next() {
            return next(calls);
        }

        String nextChange() {
            return next(changes);
        }

        private static String next(BlockingQueue<String> queue) {
            try {
                return String.valueOf(queue.poll(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Scarfall node(UserListener listener) {
        return node(builder -> builder.listener(listener));
    }

    private static RawClient device(Scarfall node, String userId) {
        RawClient device = new RawClient(node.userPort(), "", null).send("40{\"token\":\"" + Tokens.of(userId) + "\"}");
        assertThat(device.next()).startsWith("40");
        assertThat(device.next()).startsWith("42[\"connected\"");
        return device;
    }

    @Test
    void theStoreTellsTheFirstAndTheLastDeviceApartOverAllNodes() {
        Scarfall a = node(recorder);
        Recorder onB = new Recorder();
        Scarfall b = node(onB);
        Client phone = Client.user(a.userPort(), "alice");
        assertThat(recorder.next()).isEqualTo("connected alice CAME_ONLINE");
        Client laptop = Client.user(b.userPort(), "alice");
        assertThat(onB.next()).as("the first device of this node").isEqualTo("connected alice NONE");

        phone.leave();
        assertThat(recorder.next()).isEqualTo("disconnecting alice CLIENT_NAMESPACE_DISCONNECT []");
        assertThat(recorder.next()).isEqualTo("disconnected alice CLIENT_NAMESPACE_DISCONNECT NONE");
        laptop.leave();
        assertThat(onB.next()).startsWith("disconnecting alice");
        assertThat(onB.next()).isEqualTo("disconnected alice CLIENT_NAMESPACE_DISCONNECT WENT_OFFLINE");

        assertThat(recorder.changes).containsExactly("alice online");
        assertThat(onB.changes).containsExactly("alice offline");
        assertThat(recorder.calls).isEmpty();
        assertThat(onB.calls).isEmpty();
    }

    @Test
    void aDeviceThatReconnectsWithinTheGraceChangesNothing() {
        Scarfall a = node(recorder);
        device(a, "alice").close();
        assertThat(recorder.next()).isEqualTo("connected alice CAME_ONLINE");
        assertThat(recorder.next()).startsWith("disconnecting alice TRANSPORT_");
        assertThat(recorder.next()).matches("disconnected alice TRANSPORT_\\w+ NONE");
        try (RawClient again = device(a, "alice")) {
            assertThat(recorder.next()).isEqualTo("connected alice NONE");
            assertThat(recorder.changes).containsExactly("alice online");
            again.send("41");
            assertThat(recorder.next()).startsWith("disconnecting");
            assertThat(recorder.next()).endsWith("WENT_OFFLINE");
        }
    }

    @Test
    void theEndOfTheGraceIsAChangeOfStatus() {
        Scarfall a =
                node(builder -> builder.listener(recorder).sessions(SessionConfig.DEFAULT.withOfflineGrace(GRACE)));
        device(a, "alice").close();
        assertThat(recorder.nextChange()).isEqualTo("alice online");
        assertThat(recorder.nextChange()).isEqualTo("alice offline");
        assertThat(recorder.calls).last().asString().endsWith("NONE");
    }

    @Test
    void inAnOutageOfTheStoreTheChangeIsUnknownAndFollows() {
        Scarfall a = node(recorder);
        FaultyCluster view = views.get(0);
        view.down = true;
        Client alice = Client.user(a.userPort(), "alice");
        assertThat(recorder.next()).isEqualTo("connected alice UNKNOWN");
        assertThat(recorder.changes).isEmpty();
        view.down = false;
        assertThat(recorder.nextChange()).isEqualTo("alice online");

        view.down = true;
        alice.leave();
        assertThat(recorder.next()).startsWith("disconnecting");
        assertThat(recorder.next()).endsWith("UNKNOWN");
        view.down = false;
        assertThat(recorder.nextChange()).isEqualTo("alice offline");
        assertThat(recorder.calls).isEmpty();
    }

    @Test
    void theRoomsOfADeviceThatLeavesLearnOfIt() {
        Scarfall a = node(builder -> builder.listener(recorder).on("join", String.class, (user, room) -> {
            user.socket().join(room);
            return "joined";
        }));
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(a.userPort(), "bob")) {
            alice.ask("join", "'lobby'");
            bob.ask("join", "'lobby'");
            bob.leave();
            assertThat(alice.next("left").asText()).isEqualTo("bob");
            assertThat(recorder.next()).startsWith("connected alice");
            assertThat(recorder.next()).startsWith("connected bob");
            assertThat(recorder.next()).endsWith("[lobby]");
        }
    }

    /** The client sends in the same moment as it connects, and its events find what the listener has loaded. */
    @Test
    void eventsWaitForABlockingListenerAndItsEndFollowsThem() {
        CountDownLatch loads = new CountDownLatch(1);
        BlockingQueue<String> order = recorder.calls;
        Scarfall a = node(builder -> builder.blockingListener(new UserListener() {
                    @Override
                    public void connected(UserCall user, Change change) {
                        await().atMost(Client.PATIENCE).until(() -> loads.getCount() == 0);
                        order.add("connected");
                    }

                    @Override
                    public void disconnected(UserCall user, DisconnectReason reason, Change change) {
                        order.add("disconnected");
                    }
                })
                .on("quick", (user, arguments) -> order.add("quick"))
                .onBlocking("slow", (user, arguments) -> order.add("slow")));
        try (RawClient alice = new RawClient(a.userPort(), "", null)
                .send("40{\"token\":\"" + Tokens.of("alice") + "\"}")
                .send("42[\"quick\"]")
                .send("42[\"slow\"]")
                .send("41")) {
            assertThat(alice.next()).startsWith("40");
            assertThat(alice.next()).startsWith("42[\"connected\"");
            assertThat(order).isEmpty();
            loads.countDown();
            assertThat(List.of(recorder.next(), recorder.next(), recorder.next(), recorder.next()))
                    .containsExactly("connected", "quick", "slow", "disconnected");
        }
    }

    @Test
    void aListenerThatThrowsHarmsNothingAndCannotFillTheLog() {
        UserListener broken = new UserListener() {
            @Override
            public void connected(UserCall user, Change change) {
                throw new IllegalStateException("expected by a test");
            }

            @Override
            public void disconnected(UserCall user, DisconnectReason reason, Change change) {
                throw new StackOverflowError("expected by a test");
            }

            @Override
            public void statusChanged(TransitionFeed.StatusChange change) {
                throw new IllegalStateException("expected by a test too");
            }
        };
        UnaryOperator<ScarfallBuilder> changes =
                builder -> builder.listener(broken).blockingListener(broken).listener(recorder);
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.session.UserHooks")) {
            Scarfall a = node(changes);
            for (int i = 0; i < 5; i++) {
                try (Client alice = Client.user(a.userPort(), "alice")) {
                    assertThat(alice.ask("ping").has("timestamp")).isTrue();
                    assertThat(recorder.next()).startsWith("connected");
                }
                assertThat(recorder.next()).startsWith("disconnecting");
                assertThat(recorder.next()).startsWith("disconnected");
            }
            String text = log.text();
            assertThat(text.split("ERROR ", -1))
                    .as("one report for each place that fails")
                    .hasSize(1 + 3);
            assertThat(text.split("DEBUG ", -1)).hasSizeGreaterThan(20);
        }
    }

    @Test
    void aListenerThatHangsIsInterruptedAndEventsGoOn() {
        CompletableFuture<String> how = new CompletableFuture<>();
        Scarfall a =
                node(builder -> builder.blockingTimeout(Duration.ofMillis(200)).blockingListener(new UserListener() {
                    @Override
                    public void connected(UserCall user, Change change) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            how.complete("interrupted");
                        }
                    }
                }));
        try (Client alice = Client.user(a.userPort(), "alice")) {
            assertThat(alice.ask("ping").has("timestamp")).isTrue();
            assertThat(how).succeedsWithin(Client.PATIENCE).isEqualTo("interrupted");
        }
    }

    @Test
    void aGatewayThatClosesTellsItsListenersOfEachDevice() {
        Recorder blocking = new Recorder();
        Scarfall a = node(builder -> builder.listener(recorder).blockingListener(blocking));
        try (Client alice = Client.user(a.userPort(), "alice")) {
            assertThat(alice.isConnected()).isTrue();
            a.close();
        }
        for (Recorder each : List.of(recorder, blocking)) {
            assertThat(each.calls)
                    .containsExactly(
                            "connected alice CAME_ONLINE",
                            "disconnecting alice SERVER_SHUTTING_DOWN []",
                            "disconnected alice SERVER_SHUTTING_DOWN WENT_OFFLINE");
        }
    }

    @Test
    void aRefusedDeviceWasNeverConnected() {
        Scarfall a = node(recorder);
        try (Client refused = Client.connect(a.userPort(), java.util.Map.of("token", "not a token"))) {
            refused.next("connect_error");
        }
        try (Client anonymous = Client.connect(a.userPort()).joined()) {
            anonymous.leave();
        }
        try (Client alice = Client.user(a.userPort(), "alice")) {
            assertThat(recorder.next()).isEqualTo("connected alice CAME_ONLINE");
            assertThat(alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}")
                            .has("user"))
                    .isTrue();
            assertThat(recorder.calls).as("a later token is no new device").isEmpty();
        }
    }
}
