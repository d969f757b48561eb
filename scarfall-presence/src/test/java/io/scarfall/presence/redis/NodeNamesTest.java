package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeNameTakenException;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes that want the same node name. */
class NodeNamesTest {

    private static final Duration LEASE = PresenceSettings.DEFAULTS.lease();

    private final RedisServer redis = RedisServer.shared();
    private final RedisFixture fixture = new RedisFixture(
            PresenceSettings.DEFAULTS, () -> RedisPresenceCluster.builder().address(redis.uri()));
    private NodeLease one;
    private NodeLease other;

    @BeforeEach
    void start() {
        one = fixture.process(0).lease();
        other = fixture.process(1).lease();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void refuses(String name) {
        assertThat(failure(other.join(name)))
                .isInstanceOf(NodeNameTakenException.class)
                .hasMessageContaining(
                        "is held by " + ProcessAddress.text() + " (expected: a name of its own for each node)");
    }

    @Test
    void aLiveLeaseIsNotTakenFromAnotherProcess() {
        NodeId first = await(one.join("a"));
        for (int i = 0; i < 5; i++) {
            refuses("a");
            fixture.advance(LEASE.dividedBy(2));
            assertThat(await(one.beat(first)).renewed()).isTrue();
        }
        assertThat(await(other.join("b")).name()).as("another name").isEqualTo("b");
    }

    /** As after kill -9. */
    @Test
    void aNameIsFreeWhenTheLeaseIsOver() {
        NodeId dead = await(one.join("a"));
        fixture.advance(LEASE.minusMillis(1));
        refuses("a");
        fixture.advance(Duration.ofMillis(1));
        NodeId next = await(other.join("a"));
        assertThat(next.epoch()).isGreaterThan(dead.epoch());
        assertThat(await(other.beat(next)).renewed()).isTrue();
        assertThat(await(one.beat(dead)).renewed()).isFalse();
    }

    @Test
    void aNameIsFreeWhenItsNodeHasLeft() {
        NodeId left = await(one.join("a"));
        await(one.leave(left));
        assertThat(await(other.join("a")).name()).isEqualTo("a");
    }

    @Test
    void aProcessSupersedesItsOwnLife() {
        NodeId before = await(one.join("a"));
        NodeId after = await(one.join("a"));
        assertThat(await(one.beat(before)).renewed()).isFalse();
        assertThat(await(one.beat(after)).renewed()).isTrue();
        refuses("a");
    }

    /** An earlier version began this life, so it is unknown which process holds it. */
    @Test
    void aLifeWithoutAnOwnerIsSuperseded() {
        NodeId first = await(one.join("a"));
        redis.command("DEL", new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS).owners());
        assertThat(await(other.join("a")).epoch()).isGreaterThan(first.epoch());
    }

    @Test
    void ownersThatCannotBeReadAreReplaced() {
        await(one.join("a"));
        redis.command("SET", new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS).owners(), "nonsense");
        NodeId next = await(other.join("a"));
        assertThat(failure(one.join("a"))).isInstanceOf(NodeNameTakenException.class);
        redis.command("SET", new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS).owners(), "nonsense");
        await(other.leave(next));
    }

    @Test
    void ownersOfDeadLivesAreForgotten() {
        RedisKeys keys = new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS);
        for (int i = 0; i < 10; i++) {
            await(one.join("a"));
        }
        assertThat(redis.command("HLEN", keys.owners())).isEqualTo(1L);
        assertThat(SlotHash.getSlot(keys.owners())).isEqualTo(SlotHash.getSlot(keys.nodes()));
    }
}
