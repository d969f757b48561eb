package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link EngineServer}; made by {@link #builder}. Immutable and thread-safe. The constructor throws
 * {@link IllegalArgumentException} for a value that is out of its range. In the descriptions, the value after a
 * semicolon is the default. Guards and listeners are called on event loops and must not block.
 *
 * @param address the address to listen on; port 0 takes any free port; {@code 0.0.0.0:3000}
 * @param path the path of the protocol, without a trailing slash; {@code /engine.io}
 * @param pingInterval time from the answer to a heartbeat to the next heartbeat; 25 s
 * @param pingTimeout time limit for the answer to a heartbeat; 20 s
 * @param upgradeTimeout time limit for a client to finish an upgrade; 10 s
 * @param closeTimeout time limit for a peer to fetch its last packets; 30 s
 * @param closeHandshakeTimeout how long the server waits for the peer's close frame after its own (RFC 6455 section
 *     7.1.1); 3 s. Some clients never send one, and notice the end only when the connection closes
 * @param maxPayloadBytes largest message, and largest body of a POST; 1,000,000
 * @param announcedPayloadBytes {@code maxPayload} of the handshake: clients combine packets up to this size, and send a
 *     larger packet alone. At most, and by default, {@code maxPayloadBytes}
 * @param maxUnsentBytes how much may wait for a peer that does not read; 1 MiB. The server refuses a message beyond it,
 *     unless nothing waits. As much again may wait of what the peer must not miss, such as acks
 * @param maxUntrustedBytes largest message, body of a POST, and incomplete packet with its attachments before {@link
 *     EngineSession#trust}; as {@code maxPayloadBytes}
 * @param slowTimeout how long a peer may take less than 4 KiB of what waits for it; 20 s. Then the server closes its
 *     session as too slow
 * @param allowsPolling whether the server offers HTTP long-polling; true
 * @param allowsWebSocket whether the server offers WebSocket; true
 * @param cors the origins whose pages may read responses; {@link CorsPolicy#NONE}
 * @param requests decides which requests are served at all; {@link RequestGuard#NONE}, all
 * @param admission decides which requests may open a session; all
 * @param responseHeaders adds headers to responses; none
 * @param routes answers requests outside the path of the protocol; none, status 404
 * @param connections bounds of connections and sessions; {@link ConnectionLimits#DEFAULT}
 * @param http bounds of HTTP requests; {@link HttpLimits#DEFAULT}
 * @param limits called for each limit that a peer exceeds, on any thread, event loops included, as often as peers like:
 *     it must be cheap, and must not block; nothing is called
 * @param refusals called for each request that the server refuses; nothing is called
 * @param traffic counts bytes; {@link TrafficListener#NONE}
 * @param trustedProxies the proxies whose forwarded headers are trusted; {@link TrustedProxies#NONE}
 * @param proxyProtocol whether each connection of a trusted proxy begins with a header of the PROXY protocol, version 1
 *     or 2; false. The server closes a connection of a trusted proxy without the header, and rejects the header from
 *     other peers
 * @param tls the certificate and key for TLS; null for plain text
 * @param memory bounds the memory that is held for all peers; a budget of the server's own, with the default bounds
 */
public record EngineConfig(
        InetSocketAddress address,
        String path,
        Duration pingInterval,
        Duration pingTimeout,
        Duration upgradeTimeout,
        Duration closeTimeout,
        Duration closeHandshakeTimeout,
        int maxPayloadBytes,
        int announcedPayloadBytes,
        int maxUnsentBytes,
        int maxUntrustedBytes,
        Duration slowTimeout,
        boolean allowsPolling,
        boolean allowsWebSocket,
        CorsPolicy cors,
        RequestGuard requests,
        AdmissionGuard admission,
        ResponseHeaders responseHeaders,
        HttpRoutes routes,
        ConnectionLimits connections,
        HttpLimits http,
        Consumer<Limit> limits,
        RefusalListener refusals,
        TrafficListener traffic,
        TrustedProxies trustedProxies,
        boolean proxyProtocol,
        @Nullable TlsFiles tls,
        MemoryBudget memory) {

    public EngineConfig {
        Check.that(path.startsWith("/") && path.length() > 1 && !path.endsWith("/"), "path", path, "/name");
        Check.positive("pingInterval", pingInterval);
        Check.positive("pingTimeout", pingTimeout);
        Check.positive("upgradeTimeout", upgradeTimeout);
        Check.positive("closeTimeout", closeTimeout);
        Check.positive("closeHandshakeTimeout", closeHandshakeTimeout);
        Check.positive("maxPayloadBytes", maxPayloadBytes);
        Check.positive("announcedPayloadBytes", announcedPayloadBytes);
        Check.positive("maxUnsentBytes", maxUnsentBytes);
        Check.positive("maxUntrustedBytes", maxUntrustedBytes);
        Check.positive("slowTimeout", slowTimeout);
        Check.that(allowsPolling || allowsWebSocket, "allowsPolling, allowsWebSocket", "false", "one of them");
        Check.that(!proxyProtocol || !trustedProxies.isEmpty(), "proxyProtocol", true, "trustedProxies that speak it");
    }

    /** The handshake for a new client (Engine.IO protocol 4, "Handshake"). */
    Bytes openPayload(String sessionId, boolean isUpgradable) {
        return Bytes.utf8("{\"sid\":\"" + sessionId + "\",\"upgrades\":"
                + (allowsWebSocket && isUpgradable ? "[\"websocket\"]" : "[]")
                + ",\"pingInterval\":" + pingInterval.toMillis()
                + ",\"pingTimeout\":" + pingTimeout.toMillis()
                + ",\"maxPayload\":" + announcedPayloadBytes + "}");
    }

    /** Returns a builder that has the defaults. */
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
        private Duration closeHandshakeTimeout = Duration.ofSeconds(3);
        private int maxPayloadBytes = 1_000_000;
        private int announcedPayloadBytes = Integer.MAX_VALUE;
        private int maxUnsentBytes = 1024 * 1024;
        private int maxUntrustedBytes = Integer.MAX_VALUE;
        private Duration slowTimeout = Duration.ofSeconds(20);
        private boolean allowsPolling = true;
        private boolean allowsWebSocket = true;
        private CorsPolicy cors = CorsPolicy.NONE;
        private RequestGuard requests = RequestGuard.NONE;
        private AdmissionGuard admission = request -> null;
        private ResponseHeaders responseHeaders = response -> {};
        private HttpRoutes routes = request -> null;
        private ConnectionLimits connections = ConnectionLimits.DEFAULT;
        private HttpLimits http = HttpLimits.DEFAULT;
        private Consumer<Limit> limits = limit -> {};
        private RefusalListener refusals = (request, status, reason) -> {};
        private TrafficListener traffic = TrafficListener.NONE;
        private TrustedProxies trustedProxies = TrustedProxies.NONE;
        private boolean proxyProtocol;
        private @Nullable TlsFiles tls;
        private @Nullable MemoryBudget memory;

        private Builder() {}

        public Builder address(InetSocketAddress value) {
            address = value;
            return this;
        }

        /** Sets the path; a trailing slash is dropped. */
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

        public Builder closeHandshakeTimeout(Duration value) {
            closeHandshakeTimeout = value;
            return this;
        }

        public Builder maxPayloadBytes(int value) {
            maxPayloadBytes = value;
            return this;
        }

        public Builder announcedPayloadBytes(int value) {
            announcedPayloadBytes = value;
            return this;
        }

        public Builder maxUnsentBytes(int value) {
            maxUnsentBytes = value;
            return this;
        }

        public Builder maxUntrustedBytes(int value) {
            maxUntrustedBytes = value;
            return this;
        }

        public Builder slowTimeout(Duration value) {
            slowTimeout = value;
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

        public Builder requests(RequestGuard value) {
            requests = value;
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

        public Builder routes(HttpRoutes value) {
            routes = value;
            return this;
        }

        public Builder connections(ConnectionLimits value) {
            connections = value;
            return this;
        }

        public Builder http(HttpLimits value) {
            http = value;
            return this;
        }

        public Builder limits(Consumer<Limit> value) {
            limits = value;
            return this;
        }

        public Builder refusals(RefusalListener value) {
            refusals = value;
            return this;
        }

        public Builder traffic(TrafficListener value) {
            traffic = value;
            return this;
        }

        public Builder trustedProxies(TrustedProxies value) {
            trustedProxies = value;
            return this;
        }

        public Builder proxyProtocol(boolean value) {
            proxyProtocol = value;
            return this;
        }

        public Builder tls(@Nullable TlsFiles value) {
            tls = value;
            return this;
        }

        /** Sets the budget; all servers of a process should share one, because they share its memory. */
        public Builder memory(MemoryBudget value) {
            memory = value;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws IllegalArgumentException if a value is out of its range; its message names the setting and the range
         */
        public EngineConfig build() {
            return new EngineConfig(
                    address,
                    path,
                    pingInterval,
                    pingTimeout,
                    upgradeTimeout,
                    closeTimeout,
                    closeHandshakeTimeout,
                    maxPayloadBytes,
                    Math.min(announcedPayloadBytes, maxPayloadBytes),
                    maxUnsentBytes,
                    maxUntrustedBytes,
                    slowTimeout,
                    allowsPolling,
                    allowsWebSocket,
                    cors,
                    requests,
                    admission,
                    responseHeaders,
                    routes,
                    connections,
                    http,
                    limits,
                    refusals,
                    traffic,
                    trustedProxies,
                    proxyProtocol,
                    tls,
                    memory == null ? MemoryBudget.ofDefaults() : memory);
        }
    }
}
