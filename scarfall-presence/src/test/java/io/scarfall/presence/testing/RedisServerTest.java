package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.scarfall.presence.testing.RespConnection.ErrorReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

    @Test
    void answersCommandsOfEachKind() {
        try (RedisServer redis = RedisServer.start()) {
            assertThat(redis.command("PING")).isEqualTo("PONG");
            assertThat(redis.command("SET", "k", "wört\r\n")).isEqualTo("OK");
            assertThat(redis.command("GET", "k")).isEqualTo("wört\r\n");
            assertThat(redis.command("GET", "none")).isNull();
            assertThat(redis.command("DBSIZE")).isEqualTo(1L);
            assertThat(redis.command("EVAL", "return {1, 'a', {}, false, {err='E x'}}", "0"))
                    .asInstanceOf(LIST)
                    .startsWith(1L, "a", List.of(), null)
                    .last()
                    .isInstanceOf(ErrorReply.class);
            assertThatThrownBy(() -> redis.command("NONE"))
                    .isInstanceOf(ErrorReply.class)
                    .hasMessageStartingWith("ERR unknown command");
            assertThat(redis.info("role")).isEqualTo("master");
        }
    }

    @Test
    void closesClientsByCommand() {
        try (RedisServer redis = RedisServer.start();
                RespConnection client = redis.connect()) {
            Object id = client.call("CLIENT", "ID");
            assertThat(redis.command("CLIENT", "KILL", "ID", String.valueOf(id)))
                    .isEqualTo(1L);
            assertThatThrownBy(() -> client.call("PING")).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void isGoneWhenItIsKilledAndEmptyWhenItIsBack() {
        try (RedisServer redis = RedisServer.start()) {
            redis.command("SET", "k", "v");
            redis.kill();
            assertThat(redis.isRunning()).isFalse();
            assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(UncheckedIOException.class);
            redis.restart();
            assertThat(redis.command("DBSIZE")).isEqualTo(0L);
            long first = redis.pid();
            redis.restart();
            assertThat(redis.pid()).isNotEqualTo(first);
            redis.terminate();
            assertThat(redis.isRunning()).isFalse();
            assertThat(redis.log()).contains("User requested shutdown");
        }
    }

    @Test
    void keepsItsDataIfItIsDurable() {
        try (RedisServer redis = RedisServer.builder().durable().start()) {
            redis.command("SET", "k", "v");
            redis.kill();
            redis.restart();
            assertThat(redis.command("GET", "k")).isEqualTo("v");
        }
    }

    @Test
    void answersNothingWhileItIsFrozen() {
        try (RedisServer redis = RedisServer.start();
                RespConnection client = redis.connect()) {
            redis.freeze();
            client.send("SET", "k", "late");
            assertThat(ProcessHandle.of(redis.pid())).get().matches(ProcessHandle::isAlive);
            assertThat(client.poll()).isFalse();
            redis.thaw();
            assertThat(client.receive()).isEqualTo("OK");
        }
    }

    @Test
    void endsAlsoWhenItIsFrozen() {
        RedisServer redis = RedisServer.start();
        redis.freeze();
        redis.close();
        assertThat(redis.isRunning()).isFalse();
    }

    @Test
    void asksForAPassword() {
        try (RedisServer redis = RedisServer.builder().password("a \"b\" c@").start();
                RespConnection stranger = redis.connectUnauthenticated()) {
            assertThat(redis.uri()).isEqualTo("redis://:a%20%22b%22%20c%40@127.0.0.1:" + redis.port());
            assertThat(redis.command("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> stranger.call("PING")).hasMessageStartingWith("NOAUTH");
        }
    }

    @Test
    void letsAUserDoWhatItMay() {
        try (RedisServer redis = RedisServer.builder()
                        .user("app", "secret", "~app:*", "+@all")
                        .start();
                RespConnection app = redis.connectUnauthenticated()) {
            assertThat(redis.uri()).isEqualTo("redis://app:secret@127.0.0.1:" + redis.port());
            assertThat(app.call("AUTH", "app", "secret")).isEqualTo("OK");
            assertThat(app.call("SET", "app:k", "v")).isEqualTo("OK");
            assertThatThrownBy(() -> app.call("GET", "k")).hasMessageStartingWith("NOPERM");
            assertThat(redis.command("GET", "app:k")).isEqualTo("v");
        }
    }

    @Test
    void speaksTls(@TempDir Path folder) {
        try (RedisServer redis =
                RedisServer.builder().tls(TestCertificate.in(folder)).start()) {
            assertThat(redis.uri()).isEqualTo("rediss://127.0.0.1:" + redis.port());
            assertThat(redis.command("PING")).isEqualTo("PONG");
            try (RespConnection plain = RespConnection.open("127.0.0.1", redis.port(), Await.BOUND, null)) {
                assertThatThrownBy(() -> plain.call("PING")).isInstanceOf(UncheckedIOException.class);
            }
        }
    }

    @Test
    void saysWhyItDidNotStart() {
        assertThatThrownBy(() -> RedisServer.builder()
                        .directive("no-such-directive", "1")
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Bad directive");
    }

    @Test
    void isSharedByAllSuites() {
        assertThat(RedisServer.shared()).isSameAs(RedisServer.shared());
        assertThat(RedisServer.shared().command("PING")).isEqualTo("PONG");
    }

    @Test
    void isNotAnotherThanTheOneThatWasBundled(@TempDir Path folder) throws IOException {
        Path executable = RedisBinary.bundled(folder).executable();
        Files.writeString(executable, "#!/bin/sh\necho Redis server v=99.0.0\n");
        assertThat(RedisBinary.bundled(folder).major()).isEqualTo(7);
    }

    @Test
    void isReachedByItsAddress() {
        try (RedisServer open = RedisServer.start();
                RedisServer locked = RedisServer.builder().password("p %:").start();
                RedisServer users = RedisServer.builder().user("u%", "p %:").start();
                TcpProxy proxy = TcpProxy.to(users.port())) {
            for (String address : List.of(open.uri(), locked.uri(), users.uri(), users.uri(proxy))) {
                RedisServer known = RedisServer.at(address);
                assertThat(known.command("PING")).isEqualTo("PONG");
                assertThat(known.uri()).isEqualTo(address);
                assertThatThrownBy(known::kill).hasMessageContaining("was not started by the tests");
                known.close();
            }
            assertThat(proxy.accepted()).isEqualTo(1);
            assertThat(open.isRunning()).isTrue();
        }
    }

    @Test
    void saysHowToHaveARedis() {
        for (String choice : List.of("docker", "/no/such/redis-server", "/bin/true")) {
            assertThatThrownBy(() -> RedisProgram.find(choice))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("no Redis for tests: ")
                    .hasMessageContaining("scarfall.test.redis");
        }
        assertThat(RedisProgram.find("redis://127.0.0.1:1").major()).isGreaterThanOrEqualTo(7);
        assertThat(RedisProgram.find("bundled").major()).isEqualTo(7);
    }

    @Test
    void saysThatAnImageNeedsAContainerEngine() {
        assertThatThrownBy(() -> RedisImage.named("redis:8", () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "no Redis for tests: docker:redis:8 needs a container engine, and Testcontainers finds none here; ")
                .hasMessageContaining("docker:IMAGE");
        assertThatThrownBy(() -> RedisProgram.find("docker: "))
                .hasMessageStartingWith("no Redis for tests: docker: names no image, such as docker:redis:8; ");
    }

    @Test
    void knowsRedis6To8AndValkeyByTheirAnswer() {
        assertThat(RedisProgram.major("r", "Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64"))
                .isEqualTo(6);
        assertThat(RedisProgram.major("r", "Redis server v=8.2.1 sha=00000000:1 malloc=jemalloc-5.3.0 bits=64"))
                .isEqualTo(8);
        assertThat(RedisProgram.major("r", "Valkey server v=8.1.3 sha=00000000:1 malloc=jemalloc-5.3.0 bits=64"))
                .isEqualTo(8);
        assertThatThrownBy(() -> RedisProgram.major("r", "Redis server v=5.0.3 sha=00000000:0"))
                .hasMessageStartingWith("no Redis for tests: r is older than 6; ");
    }
}
