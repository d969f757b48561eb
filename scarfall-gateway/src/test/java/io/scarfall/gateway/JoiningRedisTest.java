package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The log of a node that cannot join a real Redis. */
@Tag("slow")
class JoiningRedisTest {

    private final RedisServer redis = RedisServer.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    private void saysWhy(String why) {
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.node");
                NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                        .address(redis.uri().replace("redis://", "redis://scarfall:secret@"))
                        .build());
                Scarfall scarfall =
                        OneNode.onFreePorts().nodeName("node").cluster(cluster).start()) {
            assertThat(scarfall.isHealthy()).isFalse();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(log.text())
                            .contains(
                                    "WARN io.scarfall.gateway.internal.node.Membership not a member of the cluster, retrying node=node error=",
                                    why));
        }
    }

    private void allow(String... rules) {
        String[] all = new String[5 + rules.length];
        System.arraycopy(new String[] {"ACL", "SETUSER", "scarfall", "on", ">secret"}, 0, all, 0, 5);
        System.arraycopy(rules, 0, all, 5, rules.length);
        redis.command(all);
    }

    @Test
    void aRedisUserWithoutChannelsIsLogged() {
        allow("allkeys", "resetchannels", "+@all");
        saysWhy("NOPERM");
    }

    @Test
    void aRedisUserWithoutScriptsIsLogged() {
        allow("allkeys", "allchannels", "+@all", "-@scripting");
        saysWhy("NOPERM");
    }

    @Test
    void aStoreOfAnotherFormatIsLogged() {
        allow("allkeys", "allchannels", "+@all");
        redis.command("HSET", "scarfall:meta", "format", "99", "partitions", "256");
        saysWhy("format");
    }
}
