package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.redis.RedisPresence;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** With Redis, where other systems write lists too. Each node has its own connections to it. */
class NewFriendsRedisTest extends NewFriendsContract {

    private final RedisServer redis;

    NewFriendsRedisTest() {
        super(new SharedState.InRedis());
        redis = ((SharedState.InRedis) state).redis;
    }

    @Test
    void changesOfOtherSystemsAreSentAfterTheNextReadingOfTheList() {
        Scarfall a = node(gateway -> gateway.friends(FriendsConfig.DEFAULT.withRefreshInterval(Duration.ofSeconds(1))));
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(a.userPort(), "bob");
                RedisPresence backEnd = RedisPresence.of(
                        RedisPresenceCluster.builder().address(redis.uri()).partitions(4))) {
            redis.command("SET", "friends:bob", "[{\"_id\":\"alice\"}]");
            Answers.await(backEnd.roster().addFriend("bob", Friend.of("dora")));
            Set<String> updated = new TreeSet<>();
            updated.add(bob.next(UPDATE).at("/userId").asText());
            updated.add(bob.next(UPDATE).at("/userId").asText());
            assertThat(updated).containsExactly("alice", "dora");
            alice.leave();
            assertThat(bob.next(UPDATE).at("/status").asText()).isEqualTo("offline");
        }
    }
}
