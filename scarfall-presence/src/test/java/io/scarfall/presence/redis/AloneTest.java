package io.scarfall.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.TransitionFeed.Batch;
import io.scarfall.presence.TransitionFeed.Group;
import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.presence.testing.RedisServer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** This module and its runtime dependencies are enough to query Redis. */
class AloneTest {

    /** The program: it uses some of everything, without test libraries. */
    static final class Alone {

        private Alone() {}

        public static void main(String[] args) {
            Duration patience = Duration.ofSeconds(20);
            try (RedisPresence presence = RedisPresence.connect(args[0])) {
                RedisPresence.await(presence.roster().addFriend("anna", Friend.of("bert")), patience);
                System.out.println("online " + presence.isOnline("anna", patience));
                System.out.println("friends " + RedisPresence.await(presence.onlineFriends("anna"), patience));
                System.out.println("count " + RedisPresence.await(presence.count(), patience));
                Group group = presence.transitions().group("g", "c");
                Batch batch = RedisPresence.await(group.read(10), patience);
                System.out.println("changes " + batch.changes());
                for (String foreign : Arrays.asList(args).subList(1, args.length)) {
                    System.out.println(
                            foreign + " " + Alone.class.getClassLoader().getResource(foreign));
                }
                System.out.println("done");
            }
        }
    }

    @Test
    void itNeedsNeitherAGatewayNorAServer() throws Exception {
        String runtime = System.getProperty("scarfall.presence.runtime");
        assertThat(runtime).contains("lettuce-core").doesNotContain("junit", "scarfall-gateway", "scarfall-protocol");
        String classes = folder(RedisPresence.class) + File.pathSeparator + folder(AloneTest.class);
        List<String> foreign = Stream.of(
                        "io/scarfall/gateway/Scarfall.class",
                        "io/scarfall/engineio/EngineServer.class",
                        "io/netty/handler/codec/http/HttpObject.class",
                        "org/junit/jupiter/api/Test.class")
                .toList();
        try (RedisServer redis = RedisServer.start();
                JavaProcess alone = JavaProcess.ofMain(classes + File.pathSeparator + runtime, Alone.class)
                        .arguments(Stream.concat(Stream.of(redis.uri()), foreign.stream())
                                .toArray(String[]::new))
                        .start()) {
            alone.awaitLine("^done$", Duration.ofSeconds(60));
            assertThat(alone.lines()).contains("online false", "friends []", "count 0", "changes []");
            foreign.forEach(name -> assertThat(alone.lines()).contains(name + " null"));
            assertThat(alone.awaitExit(Duration.ofSeconds(20))).isZero();
        }
    }

    private static String folder(Class<?> type) throws Exception {
        Path place =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        assertThat(Files.exists(place)).isTrue();
        return place.toString();
    }
}
