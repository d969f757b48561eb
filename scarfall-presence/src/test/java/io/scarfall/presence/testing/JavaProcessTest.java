package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JavaProcessTest {

    /** Echoes each byte until it is ended; with the argument "nest" it starts another one and a Redis. */
    static final class Echo {

        public static void main(String[] arguments) throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("cleaning up")));
            if (arguments.length > 0 && arguments[0].equals("exit")) {
                System.out.println("said " + System.getenv("SAID") + " " + System.getProperty("heard"));
                System.exit(3);
            }
            if (arguments.length > 0 && arguments[0].equals("nest")) {
                JavaProcess inner = JavaProcess.ofMain(Echo.class).start();
                System.out.println(
                        "inner " + inner.awaitLine("listens on (\\d+)").group(1));
                System.out.println("redis " + RedisServer.shared().port());
            }
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                System.out.println("listens on " + server.getLocalPort());
                try (Socket socket = server.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                }
            }
        }
    }

    @Test
    void keepsWhatItPrintsAndItsExitCode() {
        try (JavaProcess program = JavaProcess.ofMain(Echo.class)
                .jvmArguments("-Dheard=well")
                .environment("SAID", "hello")
                .arguments("exit")
                .start()) {
            assertThat(program.awaitLine("said (\\w+) (\\w+)").group(2)).isEqualTo("well");
            assertThat(program.awaitExit(Await.BOUND)).isEqualTo(3);
            assertThat(program.lines()).containsExactly("said hello well", "cleaning up");
            assertThatThrownBy(() -> program.awaitLine("no such line"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("until its end")
                    .hasMessageContaining("said hello well");
        }
    }

    @Test
    void standsStillWhileItIsFrozenAndEndsWhenItIsToldTo() throws IOException {
        try (JavaProcess program = JavaProcess.ofMain(Echo.class).start();
                Socket socket = connect(port(program, "listens on"))) {
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(1);
            program.freeze();
            socket.getOutputStream().write(2);
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            program.thaw();
            socket.setSoTimeout((int) Await.BOUND.toMillis());
            assertThat(socket.getInputStream().read()).isEqualTo(2);
            assertThatThrownBy(() -> program.awaitLine("cleaning up", Duration.ofMillis(1)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("in 1 ms");
            assertThat(program.terminate()).isEqualTo(143);
            assertThat(program.isAlive()).isFalse();
            assertThat(program.awaitLine("cleaning up").group()).isEqualTo("cleaning up");
        }
    }

    @Test
    void takesWhatItStartedWithItWhenItIsKilled() throws IOException {
        try (JavaProcess outer =
                JavaProcess.ofMain(Echo.class).arguments("nest").start()) {
            int inner = port(outer, "inner");
            int redis = port(outer, "redis");
            try (RespConnection connection = RespConnection.open("127.0.0.1", redis, Await.BOUND, null);
                    Socket socket = connect(inner)) {
                assertThat(connection.call("PING")).isEqualTo("PONG");
                outer.kill9();
                assertThat(outer.awaitExit(Await.BOUND)).isEqualTo(137);
                assertThat(outer.lines()).doesNotContain("cleaning up");
                assertThatThrownBy(connection::receive).isInstanceOf(UncheckedIOException.class);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static int port(JavaProcess program, String what) {
        return Integer.parseInt(program.awaitLine(what + " (\\d+)").group(1));
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Await.BOUND.toMillis());
        return socket;
    }
}
