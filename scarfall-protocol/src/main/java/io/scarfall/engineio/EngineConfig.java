package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where and how an {@link EngineServer} serves. Immutable; made by {@link #builder}.
 *
 * @param address where to listen; port 0 takes any free port; {@code 0.0.0.0:3000}
 * @param path the path of the protocol, without a slash at its end; {@code /engine.io}
 * @param pingInterval between the answer to a heartbeat and the next heartbeat; 25 s
 * @param pingTimeout how long the answer to a heartbeat may take; 20 s
 * @param upgradeTimeout how long a client may take to finish an upgrade; 10 s
 * @param closeTimeout how long a peer may take to fetch its last packets; 30 s
 * @param closeHandshakeTimeout how long a WebSocket is kept behind a close frame that was sent, for the peer's own (RFC 6455
 *     section 7.1.1); 3 s. Some clients never answer, and learn of the end only when the connection is closed
 * @param maxPayloadBytes how large a message or the body of a POST may be; 1,000,000
 * @param announcedPayloadBytes {@code maxPayload} of the handshake, up to which clients put packets together; a client sends one
 *     packet that is larger alone. At most, and by default, {@code maxPayloadBytes}
 * @param maxUnsentBytes how much may wait for a peer that does not read; a message beyond it is not taken, but one message
 *     is where nothing waits. As much again may wait of what the peer must not miss, such as acks; 1 MiB
 * @param maxUntrustedBytes how large a message, the body of a POST, and an unfinished packet with its attachments may be
 *     before {@link EngineSession#trust}; as much as {@code maxPayloadBytes} allows
 * @param slowTimeout how long a peer may take less than 4 KiB of what waits for it, before its session is closed as too
 *     slow; 20 s
 * @param allowsPolling whether HTTP long-polling is offered; true
 * @param allowsWebSocket whether WebSocket is offered; true
 * @param cors which origins may read; {@link CorsPolicy#NONE}
 * @param requests which requests are served at all; {@link RequestGuard#NONE}, all
 * @param admission who may open a session; everybody
 * @param responseHeaders what is added to responses; nothing
 * @param routes what answers requests outside the path; nothing
 * @param connections how many connections and sessions there may be; {@link ConnectionLimits#DEFAULT}
 * @param http limits of HTTP requests; {@link HttpLimits#DEFAULT}
 * @param limits called for each limit that a peer runs into, on any thread, event loops included, and as often as peers like:
 *     it must be cheap, and must not block; does nothing
 * @param refusals told of every request that is refused; nobody
 * @param traffic counts bytes; nobody
 * @param trustedProxies who is believed to speak for others; {@link TrustedProxies#NONE}
 * @param proxyProtocol whether every connection of a trusted proxy begins with a header of the PROXY protocol, version 1 or
 *     2; false. One without it is closed; from others it is no request
 * @param tls the certificate and key, where the port speaks TLS; null for plain text
 * @param memory bounds what is held for all peers; one of its own, with the default bounds
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

    /** What a new client is told (Engine.IO protocol 4, "Handshake"). */
    Bytes openPayload(String sessionId, boolean isUpgradable) {
        return Bytes.utf8("{\"sid\":\"" + sessionId + "\",\"upgrades\":"
                + (allowsWebSocket && isUpgradable ? "[\"websocket\"]" : "[]")
                + ",\"pingInterval\":" + pingInterval.toMillis()
                + ",\"pingTimeout\":" + pingTimeout.toMillis()
                + ",\"maxPayload\":" + announcedPayloadBytes + "}");
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

        /** To be shared by all servers of a process, whose memory is one. */
        public Builder memory(MemoryBudget value) {
            memory = value;
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
