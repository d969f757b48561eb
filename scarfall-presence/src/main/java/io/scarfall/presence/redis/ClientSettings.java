package io.scarfall.presence.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;

/** How Lettuce is set up, for connections to any server. */
final class ClientSettings {

    private static final Duration LEAST_DELAY = Duration.ofMillis(50);

    /** The longest time between two attempts to reconnect. */
    static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    private ClientSettings() {}

    /** Threads and timers. */
    static ClientResources resources() {
        return ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(() ->
                        Delay.exponential(LEAST_DELAY.toMillis(), LONGEST_DELAY.toMillis(), TimeUnit.MILLISECONDS, 2))
                .nettyCustomizer(new FlushOnce())
                .build();
    }

    /** Sets timeouts, TLS, and that commands fail at once while there is no connection. */
    static <B extends ClientOptions.Builder> B apply(RedisOptions options, B builder) {
        SocketOptions.Builder socket = SocketOptions.builder()
                .connectTimeout(options.commandTimeout())
                .keepAlive(SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(1))
                        .count(3)
                        .build());
        if (EpollProvider.isAvailable()) { // a server that does not even acknowledge bytes is gone
            socket.tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                    .enable()
                    .tcpUserTimeout(Duration.ofSeconds(5))
                    .build());
        }
        SslOptions.Builder tls = SslOptions.builder().jdkSslProvider().handshakeTimeout(options.commandTimeout());
        TrustManagerFactory trust = options.trust();
        if (trust != null) {
            tls.trustManager(trust);
        }
        builder.autoReconnect(true)
                .sslOptions(tls.build())
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(options.maxPendingCommands())
                .timeoutOptions(TimeoutOptions.enabled(options.commandTimeout()))
                .socketOptions(socket.build());
        disableMaintenanceNotices(builder);
        return builder;
    }

    /**
     * Lettuce 7 asks servers to announce their maintenance. Few servers do, and the failover here does not need it. By
     * reflection, because Lettuce 6 has no such method.
     */
    private static void disableMaintenanceNotices(ClientOptions.Builder builder) {
        try {
            Class<?> config = Class.forName("io.lettuce.core.MaintNotificationsConfig");
            ClientOptions.Builder.class
                    .getMethod("maintNotificationsConfig", config)
                    .invoke(builder, config.getMethod("disabled").invoke(null));
        } catch (ClassNotFoundException e) {
            // Lettuce 6 asks for nothing
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Lettuce: unknown version (expected: 6.6 to 7; set lettuce.version)", e);
        }
    }
}
