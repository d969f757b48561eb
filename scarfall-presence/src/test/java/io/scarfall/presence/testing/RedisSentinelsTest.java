package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RedisSentinelsTest {

    @Test
    void replaceTheMasterWhenItIsGoneAndWhenToldTo() {
        try (RedisSentinels sentinels = RedisSentinels.start("se:cret")) {
            assertThat(sentinels.uri())
                    .startsWith("redis-sentinel://:se%3Acret@127.0.0.1:")
                    .endsWith("#scarfall");
            RedisServer first = sentinels.master();
            RedisServer second = sentinels.replica();
            first.command("SET", "k", "v");
            assertThat(first.command("WAIT", "1", "5000")).isEqualTo(1L);

            first.kill();
            sentinels.awaitMaster(second);
            assertThat(sentinels.master()).isSameAs(second);
            assertThat(second.command("GET", "k")).isEqualTo("v");
            first.restart();
            sentinels.awaitReplica(first);

            sentinels.failOver();
            assertThat(sentinels.master()).isSameAs(first);
            assertThat(first.command("GET", "k")).isEqualTo("v");

            sentinels.sentinels().forEach(RedisServer::kill);
            first.restart(); // which was a replica once, and got the data of the other
            assertThat(first.info("role")).isEqualTo("master");
            assertThat(first.command("DBSIZE")).isEqualTo(0L);
        }
    }
}
