package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Revocation.Target;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.node.NodeId;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept in Redis: the types, what expires, and that nothing stays behind. */
class RedisKeysTest {

    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withOfflineUsers(Duration.ofHours(2), 10);

    private final RedisServer redis = RedisServer.start();
    private final RedisPresenceCluster cluster = RedisPresenceCluster.builder()
            .address(redis.uri())
            .settings(SETTINGS)
            .sessionExpiry(Duration.ofHours(1))
            .build();

    @AfterEach
    void close() {
        cluster.close();
        redis.close();
    }

    @Test
    void keysHaveTheirTypeAndExpiry() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        await(cluster.roster().setFriends("bert", List.of(new Friend("anna", "a@example.org"))));
        await(cluster.store().open(session(node, "anna")));
        await(cluster.places().claim(session(node, "anna"), 1, false));
        await(cluster.revocations().revoke(Target.user("anna"), Duration.ofHours(3), 10));
        await(cluster.store().open(session(node, "carl")));
        await(cluster.store().close(session(node, "carl"), Duration.ofSeconds(30)));
        await(cluster.store().open(session(node, "dora")));
        await(cluster.store().open(session(node, "dora", "other")));
        await(cluster.store().touch(session(node, "dora")));
        await(cluster.store().close(session(node, "dora", "other")));
        assertThat(layout())
                .containsEntry("scarfall:meta", "hash -1")
                .containsEntry("scarfall:nodes", "hash -1")
                .containsEntry("scarfall:revoked", "zset 3h")
                .containsEntry("scarfall:{183}:places:anna", "zset 1h")
                .containsEntry("scarfall:{183}:user:anna", "string 1h")
                .containsEntry("scarfall:{183}:online", "zset -1")
                .containsEntry("scarfall:{183}:node:" + node, "set -1")
                .containsEntry("scarfall:{183}:fence", "hash -1")
                .containsEntry("scarfall:{183}:events", "stream -1")
                .containsEntry("scarfall:{183}:watchers:anna", "zset -1")
                .containsEntry("scarfall:{183}:marks:anna", "zset 2m")
                .containsEntry("scarfall:{14}:friends:bert", "hash -1")
                .containsEntry("scarfall:{14}:changed:bert", "string 24h")
                .containsEntry(new RedisKeys("scarfall", 256).user("dora"), "string 1h")
                .containsEntry("scarfall:{225}:leaving", "zset -1")
                .containsEntry("scarfall:{225}:user:carl", "string 1h");
    }

    @Test
    void nothingStaysBehindButWhatExpires() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        for (int i = 0; i < 20; i++) {
            await(cluster.roster().addFriend("user" + i, Friend.of("user" + (i + 1))));
            await(cluster.store().open(session(node, "user" + i)));
        }
        for (int i = 0; i < 20; i++) {
            await(cluster.store().close(session(node, "user" + i)));
            await(cluster.roster().removeFriend("user" + i, "user" + (i + 1)));
        }
        await(cluster.lease().leave(node));
        NodeId other = await(cluster.lease().join("b"));
        await(cluster.reaper().reap(other, 100));
        Map<String, String> layout = layout();
        layout.keySet().removeIf(key -> key.matches("scarfall:(meta|nodes|\\{\\d+}:(fence|events))"));
        assertThat(layout)
                .allSatisfy((key, value) -> assertThat(key + " " + value)
                        .matches("scarfall:\\{\\d+}:(user:\\S+ string 2h|marks:\\S+ zset 2m|changed:\\S+ string 24h)"));
        assertThat(redis.command("HLEN", "scarfall:nodes"))
                .as("b, and the epoch")
                .isEqualTo(2L);
    }

    private static UserSession session(NodeId node, String user) {
        return session(node, user, "s");
    }

    private static UserSession session(NodeId node, String user, String id) {
        Instant now = Instant.now();
        return new UserSession(user, id, node, now, now, user + "@example.org", "device", "192.0.2.1");
    }

    /** Each key, with its type and time to live. */
    private Map<String, String> layout() {
        Map<String, String> layout = new TreeMap<>();
        for (Object key : (List<?>) java.util.Objects.requireNonNull(redis.command("KEYS", "*"))) {
            String name = String.valueOf(key);
            long seconds = Long.parseLong(String.valueOf(redis.command("TTL", name)));
            layout.put(name, redis.command("TYPE", name) + " " + rounded(seconds));
        }
        return layout;
    }

    private static String rounded(long seconds) {
        if (seconds < 0) {
            return String.valueOf(seconds);
        }
        long minutes = (seconds + 59) / 60;
        return minutes > 59 ? (minutes + 30) / 60 + "h" : minutes + "m";
    }
}
