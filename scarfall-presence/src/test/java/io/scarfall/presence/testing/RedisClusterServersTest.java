package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.testing.RedisClusterServers.SlotMigration;
import io.scarfall.presence.testing.RespConnection.ErrorReply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RedisClusterServersTest {

    @Test
    void servesAllSlotsMovesThemAndOutlivesARestart() {
        try (RedisClusterServers cluster =
                RedisClusterServers.builder().password("secret").start()) {
            assertThat(cluster.seeds().split(",")).hasSize(3);
            int slot = cluster.slotOf("{a}1");
            assertThat(slot).isEqualTo(15_495); // of "a", as the specification of Redis Cluster counts it
            RedisServer from = cluster.masterOf(slot);
            RedisServer to = cluster.masterOf(0);
            assertThat(from).isSameAs(cluster.masters().get(2)).isNotSameAs(to);
            for (int i = 0; i < 250; i++) {
                from.command("SET", "{a}" + i, "v" + i);
            }
            assertThatThrownBy(() -> to.command("GET", "{a}1"))
                    .isInstanceOf(ErrorReply.class)
                    .hasMessage("MOVED 15495 " + from);

            SlotMigration migration = cluster.startMigration(slot, to);
            assertThat(migration.moveKeys(120)).isEqualTo(120);
            assertThatThrownBy(() -> from.command("GET", "{a}none"))
                    .isInstanceOf(ErrorReply.class)
                    .hasMessage("ASK 15495 " + to);
            assertThat(to.command("DBSIZE")).isEqualTo(120L);
            assertThat(migration.moveKeys(1000)).isEqualTo(130);
            migration.finish();
            assertThat(to.command("GET", "{a}1")).isEqualTo("v1");
            assertThatThrownBy(() -> from.command("GET", "{a}1")).hasMessage("MOVED 15495 " + to);

            cluster.migrateSlot(slot, from);
            assertThat(from.command("GET", "{a}249")).isEqualTo("v249");
            assertThat(cluster.masterOf(slot)).isSameAs(from);

            from.kill();
            from.restart();
            cluster.awaitOk();
            assertThat(cluster.masterOf(slot)).isSameAs(from);
            assertThat(from.command("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void continuesWithAReplica() {
        try (RedisClusterServers cluster =
                RedisClusterServers.builder().replicas(1).start()) {
            RedisServer master = cluster.masters().get(0);
            RedisServer replica = cluster.replicas().get(0);
            cluster.failOver(replica);
            assertThat(cluster.masterOf(0)).isSameAs(replica);

            replica.kill();
            cluster.awaitMaster(master);
            assertThat(cluster.masterOf(0)).isSameAs(master);
            replica.restart();
            cluster.awaitReplica(replica);
        }
    }
}
