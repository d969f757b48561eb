package io.scarfall.engineio;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where and how an {@link EngineServer} serves. Immutable; made by {@link #builder}.
 *
 * @param address where to listen; port 0 takes any free port; {@code 0.0.0.0:3000}
 * @param path the path of the protocol, without a slash at its end; {@code /engine.io}
 * @param pingInterval between the answer to a heartbeat and the next heartbeat; 25 s
 * @param pingTimeout how long the answer to a heartbeat may take; 20 s
 * @param upgradeTimeout how long a client may take to finish an upgrade; 10 s
 * @param closeTimeout how long a peer may take to fetch its last packets, or to answer the closing handshake; 30 s
 * @param maxPayloadBytes how large a message or the body of a POST may be; 1,000,000
 * @param maxUnsentBytes how much may wait for a peer that does not read, before its session is closed as too slow; one
 *     message is always taken; 1 MiB
 * @param allowsPolling whether HTTP long-polling is offered; true
 * @param allowsWebSocket whether WebSocket is offered; true
 * @param cors which origins may read; {@link CorsPolicy#NONE}
 * @param admission who may open a session; everybody
 * @param responseHeaders what is added to responses; nothing
 * @param fallback what answers requests outside the path; nothing
 */
public record EngineConfig(
        InetSocketAddress address,
        String path,
        Duration pingInterval,
        Duration pingTimeout,
        Duration upgradeTimeout,
        Duration closeTimeout,
        int maxPayloadBytes,
        int maxUnsentBytes,
        boolean allowsPolling,
        boolean allowsWebSocket,
        CorsPolicy cors,
        AdmissionGuard admission,
        ResponseHeaders responseHeaders,
        HttpFallback fallback) {

    public EngineConfig {
        require(path.startsWith("/") && path.length() > 1 && !path.endsWith("/"), "path", path, "/name");
        requirePositive("pingInterval", pingInterval);
        requirePositive("pingTimeout", pingTimeout);
        requirePositive("upgradeTimeout", upgradeTimeout);
        requirePositive("closeTimeout", closeTimeout);
        require(maxPayloadBytes > 0, "maxPayloadBytes", maxPayloadBytes, "> 0");
        require(maxUnsentBytes > 0, "maxUnsentBytes", maxUnsentBytes, "> 0");
        require(allowsPolling || allowsWebSocket, "allowsPolling, allowsWebSocket", "false", "one of them");
    }

    private static void requirePositive(String name, Duration value) {
        require(!value.isNegative() && !value.isZero(), name, value, "> 0");
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link EngineConfig}. Not thread-safe. */
    public static final class Builder {

        private InetSocketAddress address = new InetSocketAddress(3000);
        private String path = "/engine.io";
        private Duration pingInterval = Duration.ofSeconds(25);
        private Duration pingTimeout = Duration.ofSeconds(20);
        private Duration upgradeTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(30);
        private int maxPayloadBytes = 1_000_000;
        private int maxUnsentBytes = 1024 * 1024;
        private boolean allowsPolling = true;
        private boolean allowsWebSocket = true;
        private CorsPolicy cors = CorsPolicy.NONE;
        private AdmissionGuard admission = request -> null;
        private ResponseHeaders responseHeaders = (request, opens, headers) -> {};
        private HttpFallback fallback = request -> null;

        private Builder() {}

        public Builder address(InetSocketAddress value) {
            address = value;
            return this;
        }

        /** A slash at the end is dropped. */
        public Builder path(String value) {
            path = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
            return this;
        }

        public Builder pingInterval(Duration value) {
            pingInterval = value;
            return this;
        }

        public Builder pingTimeout(Duration value) {
            pingTimeout = value;
            return this;
        }

        public Builder upgradeTimeout(Duration value) {
            upgradeTimeout = value;
            return this;
        }

        public Builder closeTimeout(Duration value) {
            closeTimeout = value;
            return this;
        }

        public Builder maxPayloadBytes(int value) {
            maxPayloadBytes = value;
            return this;
        }

        public Builder maxUnsentBytes(int value) {
            maxUnsentBytes = value;
            return this;
        }

        public Builder allowsPolling(boolean value) {
            allowsPolling = value;
            return this;
        }

        public Builder allowsWebSocket(boolean value) {
            allowsWebSocket = value;
            return this;
        }

        public Builder cors(CorsPolicy value) {
            cors = value;
            return this;
        }

        public Builder admission(AdmissionGuard value) {
            admission = value;
            return this;
        }

        public Builder responseHeaders(ResponseHeaders value) {
            responseHeaders = value;
            return this;
        }

        public Builder fallback(HttpFallback value) {
            fallback = value;
            return this;
        }

        public EngineConfig build() {
            return new EngineConfig(
                    address,
                    path,
                    pingInterval,
                    pingTimeout,
                    upgradeTimeout,
                    closeTimeout,
                    maxPayloadBytes,
                    maxUnsentBytes,
                    allowsPolling,
                    allowsWebSocket,
                    cors,
                    admission,
                    responseHeaders,
                    fallback);
        }
    }
}
