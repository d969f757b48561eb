package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Places;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.memory.MemoryCluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The calls that a connect and a disconnect make to the store, and which of them wait for others. Each call costs one round trip, so
 * this counts the round trips, which do not depend on the number of users.
 */
class RoundTripsTest {

    private static final int FRIENDS = 200;
    private static final int ONLINE = 50;

    private final NodeAccess cluster = NodeAccess.of(MemoryCluster.create());
    private final HeldCluster view = new HeldCluster();

    @Test
    void aConnectOfAUserWithFriendsIsFourRoundTrips() throws InterruptedException {
        try (Scarfall a = node("a", view);
                Scarfall b = node("b", cluster);
                Client friend = Client.user(b.userPort(), "friend0")) {
            befriend(b);
            assertThat(friend.next("user_status_update").at("/status").asText())
                    .as("the update about a new friend")
                    .isEqualTo("offline");
            view.holding = true;
            Client anna = Client.connect(a.userPort(), Map.of("token", Tokens.of("anna")));

            view.next("of").answer(); // on its own, so that a revoked session is never opened
            Call refresh = view.next("refresh");
            Call open = view.next("open"); // before any answer, so in the same round trip
            refresh.answer();
            open.answer();
            Call lookUp = view.next("nodesOf");
            assertThat((Collection<?>) lookUp.argument).hasSize(FRIENDS);
            lookUp.answer();
            view.next("send").answer();
            assertThat(friend.next("user_status_update").at("/status").asText()).isEqualTo("online");
            anna.next("connected");
            assertThat(view.calls).isEmpty();

            anna.leave();
            view.next("close").answer();
            view.next("nodesOf").answer();
            view.next("send").answer();
            assertThat(friend.next("user_status_update").at("/status").asText()).isEqualTo("offline");
            assertThat(view.calls).isEmpty();
            view.holding = false;
        }
    }

    private static Scarfall node(String name, NodeAccess cluster) {
        return OneNode.onFreePorts().nodeName(name).cluster(cluster).start();
    }

    /** All of them list anna. Some are online on the same node. */
    private void befriend(Scarfall node) {
        NodeId there = cluster.presence()
                .sessions("friend0")
                .toCompletableFuture()
                .join()
                .get(0)
                .node();
        for (int i = 0; i < FRIENDS; i++) {
            node.roster()
                    .setFriends("friend" + i, List.of(Friend.of("anna")))
                    .toCompletableFuture()
                    .join();
            if (i > 0 && i < ONLINE) {
                Instant now = Instant.now();
                cluster.store()
                        .open(new UserSession("friend" + i, "s", there, now, now, null, null, null))
                        .toCompletableFuture()
                        .join();
            }
        }
    }

    /** A call whose answer is held back. */
    private record Call(String method, Object argument, Runnable given) {

        void answer() {
            given.run();
        }
    }

    /** A view of the shared state that releases the answers of store, roster and bus when the test says so. */
    private final class HeldCluster implements NodeAccess {

        final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
        volatile boolean holding;

        Call next(String method) throws InterruptedException {
            Call call = calls.poll(Client.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(call).as("a call of %s", method).isNotNull();
            assertThat(call.method).isEqualTo(method);
            return call;
        }

        private <T> T held(Class<T> type, T target) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        Object answer;
                        try {
                            answer = method.invoke(target, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        // the new entries that a beat reads are not part of a connect
                        boolean beats = method.getName().equals("since");
                        if (!holding || beats || !(answer instanceof CompletionStage<?> stage)) {
                            return answer;
                        }
                        CompletableFuture<Object> given = new CompletableFuture<>();
                        calls.add(new Call(
                                method.getName(),
                                args[0],
                                () -> given.complete(stage.toCompletableFuture().join())));
                        return given;
                    }));
        }

        @Override
        public PresenceSettings settings() {
            return cluster.settings();
        }

        @Override
        public void close() {
            cluster.close();
        }

        @Override
        public NodeLease lease() {
            return cluster.lease();
        }

        @Override
        public NodeReaper reaper() {
            return cluster.reaper();
        }

        @Override
        public Presence presence() {
            return cluster.presence();
        }

        @Override
        public NodeBus bus() {
            return held(NodeBus.class, cluster.bus());
        }

        @Override
        public PresenceStore store() {
            return held(PresenceStore.class, cluster.store());
        }

        @Override
        public Revocations revocations() {
            return held(Revocations.class, cluster.revocations());
        }

        @Override
        public Places places() {
            return held(Places.class, cluster.places());
        }

        @Override
        public Roster roster() {
            return held(Roster.class, cluster.roster());
        }
    }
}
