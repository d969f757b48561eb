package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.testing.TcpProxy.Direction;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private final RedisServer redis = RedisServer.shared();
    private final TcpProxy proxy = TcpProxy.to(redis.port());
    private final RespConnection client = connect();
    private final String key = "proxy:" + UUID.randomUUID();

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        redis.command("DEL", key);
    }

    @Test
    void carriesAllThatIsSent() {
        String value = "0123456789".repeat(500_000);
        assertThat(client.call("SET", key, value)).isEqualTo("OK");
        assertThat(client.call("GET", key)).isEqualTo(value);
        Await.until("all that came to be counted", () -> proxy.bytes(Direction.TO_CLIENT) >= 5_000_000);
        assertThat(proxy.bytes(Direction.TO_SERVER)).isBetween(5_000_000L, 5_000_200L);
        assertThat(proxy.bytes(Direction.TO_CLIENT)).isBetween(5_000_000L, 5_000_200L);
        assertThat(proxy.accepted()).isEqualTo(1);
        assertThat(proxy.connections()).isEqualTo(1);
        client.close();
        Await.until("the close to be carried through", () -> proxy.connections() == 0);
    }

    @Test
    void closesBothSidesWhenTheServerCloses() {
        Object id = client.call("CLIENT", "ID");
        redis.command("CLIENT", "KILL", "ID", String.valueOf(id));
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(UncheckedIOException.class);
        client.close();
        Await.until("the close to be carried through", () -> proxy.connections() == 0);
    }

    @Test
    void refusesWhileItIsCut() {
        assertThat(client.call("PING")).isEqualTo("PONG");
        proxy.cut();
        assertThatThrownBy(client::receive).hasCauseInstanceOf(EOFException.class);
        assertThatThrownBy(this::connect).hasCauseInstanceOf(ConnectException.class);
        assertThat(proxy.connections()).isEqualTo(0);
        proxy.heal();
        assertWorks();
    }

    @Test
    void resetsConnections() {
        Object id = client.call("CLIENT", "ID");
        proxy.reset();
        assertThatThrownBy(client::receive)
                .hasCauseInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        Await.until("the server to know", () -> "".equals(redis.command("CLIENT", "LIST", "ID", String.valueOf(id))));
        assertWorks();
    }

    @Test
    void leadsElsewhere() {
        try (RedisServer other = RedisServer.start()) {
            other.command("SET", key, "elsewhere");
            proxy.lead(other.port());
            assertThatThrownBy(client::receive).hasCauseInstanceOf(SocketException.class);
            try (RespConnection led = connect()) {
                assertThat(led.call("GET", key)).isEqualTo("elsewhere");
            }
        }
    }

    @Test
    void losesWhatIsSentToTheServer() {
        proxy.blackhole(Direction.TO_SERVER);
        client.send("SET", key, "v");
        assertThat(client.poll()).isFalse();
        assertThat(redis.command("GET", key)).isNull();
        proxy.heal();
        assertThatThrownBy(client::receive).hasMessageContaining("reset");
        assertThat(redis.command("GET", key)).isNull();
        assertWorks();
    }

    @Test
    void losesWhatTheServerAnswers() {
        try (RespConnection idle = connect()) {
            assertThat(idle.call("PING")).isEqualTo("PONG");
            proxy.blackhole(Direction.TO_CLIENT);
            client.send("SET", key, "v");
            Await.until("the command to be done", () -> "v".equals(redis.command("GET", key)));
            assertThat(client.poll()).isFalse();
            proxy.heal();
            assertThatThrownBy(client::receive).hasMessageContaining("reset");
            assertThat(idle.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void takesConnectionsWhileItLosesAll() {
        proxy.blackhole();
        try (RespConnection late = connect()) {
            late.send("PING");
            assertThat(late.poll()).isFalse();
        }
        proxy.heal();
        assertWorks();
    }

    @Test
    void holdsWhatIsSentWhileItIsFrozen() {
        proxy.freeze();
        client.send("SET", key, "v");
        assertThat(client.poll()).isFalse();
        assertThat(redis.command("GET", key)).isNull();
        proxy.thaw();
        assertThat(client.receive()).isEqualTo("OK");
    }

    @Test
    void delaysEachWayInOrder() {
        proxy.delay(Duration.ofMillis(150));
        long begun = System.nanoTime();
        client.send("PING");
        client.send("ECHO", "2");
        assertThat(client.receive()).isEqualTo("PONG");
        assertThat(client.receive()).isEqualTo("2");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        proxy.heal();
        assertThat(client.call("PING")).isEqualTo("PONG");
    }

    @Test
    void resetsClientsOfAServerThatIsAway() {
        try (RedisServer own = RedisServer.start();
                TcpProxy front = TcpProxy.to(own.port())) {
            own.kill();
            assertThatThrownBy(() -> {
                        try (RespConnection early = RespConnection.open("127.0.0.1", front.port(), Await.BOUND, null)) {
                            early.call("PING");
                        }
                    })
                    .hasCauseInstanceOf(SocketException.class);
            own.restart();
            try (RespConnection late = RespConnection.open("127.0.0.1", front.port(), Await.BOUND, null)) {
                assertThat(late.call("PING")).isEqualTo("PONG");
            }
        }
    }

    private void assertWorks() {
        try (RespConnection next = connect()) {
            assertThat(next.call("PING")).isEqualTo("PONG");
        }
    }

    private RespConnection connect() {
        return RespConnection.open("127.0.0.1", proxy.port(), Duration.ofSeconds(5), null);
    }
}
