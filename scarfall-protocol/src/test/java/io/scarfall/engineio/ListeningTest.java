package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The addresses at which a server listens, on real sockets. */
class ListeningTest {

    private static EngineServer start(String host, int port) {
        return EngineServer.start(
                EngineConfig.builder()
                        .address(new InetSocketAddress(host, port))
                        .build(),
                session -> {
                    throw new AssertionError("no client");
                });
    }

    /** The loopback addresses of this machine, which may have no IPv6. */
    private static List<InetAddress> loopback() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(InetAddress::isLoopbackAddress)
                .filter(address -> Stream.of("127.0.0.1", "0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1%lo")
                        .anyMatch(address.getHostAddress()::equals))
                .toList();
    }

    private static void connect(InetAddress address, int port) throws IOException {
        new Socket(address, port).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST"})
    void localhostIsEachFamilyAtOnePort(String name) throws IOException {
        int port;
        try (EngineServer server = start(name, 0)) {
            port = server.address().getPort();
            assertThat(loopback()).isNotEmpty();
            for (InetAddress address : loopback()) {
                connect(address, port);
            }
        }
        for (InetAddress address : loopback()) {
            assertThatThrownBy(() -> connect(address, port)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aDrainEndsListeningAtEach() throws Exception {
        try (EngineServer server = start("localhost", 0)) {
            int port = server.address().getPort();
            server.drain(Duration.ZERO).toCompletableFuture().join();
            for (InetAddress address : loopback()) { // an event loop closes it, and no call waits for that
                await().untilAsserted(() ->
                        assertThatThrownBy(() -> connect(address, port)).isInstanceOf(ConnectException.class));
            }
        }
    }

    @Test
    void anAddressIsThatAddressOnly() throws IOException {
        try (EngineServer server = start("127.0.0.1", 0)) {
            for (InetAddress address : loopback()) {
                if (address.getAddress().length > 4) {
                    assertThatThrownBy(() -> connect(address, server.address().getPort()))
                            .isInstanceOf(ConnectException.class);
                }
            }
        }
    }

    @Test
    void aPortThatIsTakenAtOneFamilyIsTaken() throws IOException {
        for (InetAddress address : loopback()) {
            try (ServerSocket other = new ServerSocket(0, 1, address)) {
                assertThatThrownBy(() -> start("localhost", other.getLocalPort()))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("cannot listen on")
                        .hasMessageContaining(":" + other.getLocalPort());
            }
        }
    }
}
