package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Details;
import io.scarfall.presence.testing.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The data in Redis: the types, what expires, and that nothing remains. */
class RedisKeysTest {

    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withOfflineUsers(Duration.ofHours(2), 10);

    private final RedisServer redis = RedisServer.start();
    private final RedisState cluster = RedisPresenceCluster.builder()
            .address(redis.uri())
            .settings(SETTINGS)
            .sessionExpiry(Duration.ofHours(1))
            .buildState();

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
                .containsEntry("scarfall:{scarfall:nodes}:owners", "hash -1")
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
    void onlyKeysThatExpireRemain() {
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
        layout.keySet()
                .removeIf(
                        key -> key.matches("scarfall:(meta|nodes|\\{scarfall:nodes}:owners|\\{\\d+}:(fence|events))"));
        assertThat(layout)
                .allSatisfy((key, value) -> assertThat(key + " " + value)
                        .matches("scarfall:\\{\\d+}:(user:\\S+ string 2h|marks:\\S+ zset 2m|changed:\\S+ string 24h)"));
        assertThat(redis.command("HLEN", "scarfall:nodes"))
                .as("b, and the epoch")
                .isEqualTo(2L);
        assertThat(redis.command("HLEN", "scarfall:{scarfall:nodes}:owners"))
                .as("b")
                .isEqualTo(1L);
    }

    @Test
    void aLookUpReadsNodesAndNotDevices() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        int sessions = 100;
        for (int i = 0; i < sessions; i++) {
            await(cluster.store().open(session(node, "thin", "session-" + i)));
            await(cluster.store().open(session(node, "fat", "session-" + i, "x".repeat(2_900))));
        }
        RedisKeys keys = new RedisKeys("scarfall", 256);

        long thin = length(keys.user("thin"));
        long fat = length(keys.user("fat"));

        assertThat(fat).as("%d bytes for %d sessions", fat, sessions).isLessThan(sessions * 150L);
        assertThat(fat).as("against thin ones").isLessThan(thin * 3 / 2);
        assertThat(await(cluster.store().nodesOf(List.of("fat"))).nodesOf("fat"))
                .containsExactly(node);
    }

    private long length(String key) {
        return Long.parseLong(String.valueOf(redis.command("STRLEN", key)));
    }

    @Test
    void theBoundsOfDetailsAreTheSameInTheScript() throws IOException {
        try (InputStream in = Script.class.getResourceAsStream("lua/sessions.lua")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Matcher bounds = Pattern.compile("INLINE_BYTES, DETAIL_BYTES, SHORT_BYTES = (\\d+), (\\d+), (\\d+)")
                    .matcher(text);
            assertThat(bounds.find()).isTrue();
            assertThat(bounds.group(1)).isEqualTo("1024"); // as docs/presence.md says
            assertThat(bounds.group(2)).isEqualTo(String.valueOf(Details.MAX_BYTES));
            assertThat(bounds.group(3)).isEqualTo(String.valueOf(Details.SHORT_BYTES));
        }
    }

    @Test
    void thePreviousFormatIsRaisedAndItsDataIsRead() {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s", "x".repeat(2_900));
        String key = new RedisKeys("scarfall", 256).user("anna");
        await(cluster.store().open(session(node, "anna", "s")));
        String record = String.valueOf(redis.command("GET", key));
        redis.command("SET", key, record.replace("\tdevice\t", "\t" + session.device() + "\t")); // as format 2 had it
        redis.command("HSET", "scarfall:meta", "format", "2");

        try (RedisState next =
                RedisPresenceCluster.builder().address(redis.uri()).buildState()) {
            await(next.connected());
            assertThat(redis.command("HGET", "scarfall:meta", "format")).hasToString("3");
            NodeId other = await(next.lease().join("b"));
            assertThat(await(next.presence().sessions("anna")))
                    .extracting(UserSession::device)
                    .containsExactly(session.device());
            assertThat(await(next.store().open(session(other, "anna", "t"))).kind())
                    .isEqualTo(Transition.Kind.UNCHANGED);
            assertThat(await(cluster.store().touch(session))).isTrue();
            await(cluster.store().open(session));
            assertThat(length(key)).as("moved beside the record").isLessThan(1_024);
            assertThat(await(next.presence().sessions("anna")))
                    .extracting(UserSession::device)
                    .containsExactlyInAnyOrder(session.device(), "device");
        }
    }

    private static UserSession session(NodeId node, String user) {
        return session(node, user, "s");
    }

    private static UserSession session(NodeId node, String user, String id) {
        return session(node, user, id, "device");
    }

    private static UserSession session(NodeId node, String user, String id, String device) {
        Instant now = Instant.now();
        return new UserSession(user, id, node, now, now, user + "@example.org", device, "192.0.2.1");
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
