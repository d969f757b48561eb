package io.scarfall.gateway;

import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.engineio.MemoryBudget;
import io.scarfall.engineio.ResponseHeaders;
import io.scarfall.gateway.internal.http.OriginGuard;
import io.scarfall.gateway.internal.http.SecurityHeaders;
import io.scarfall.gateway.internal.limit.LimitCounter;
import io.scarfall.gateway.internal.metrics.TrafficCounter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The {@link EngineConfig} of each of the two ports. */
final class EngineConfigs {

    /** The names of the ports in metrics. */
    static final String USERS = "users";

    static final String SERVICES = "internal";

    private final Setup setup;
    private final LimitCounter limits;
    private final MemoryBudget memory;
    private final Metrics metrics;
    private final HttpRoutes health;
    private final CorsPolicy cors;

    EngineConfigs(Setup setup, LimitCounter limits, MemoryBudget memory, Metrics metrics, HttpRoutes health) {
        this.setup = setup;
        this.limits = limits;
        this.memory = memory;
        this.metrics = metrics;
        this.health = health;
        cors = CorsPolicy.of(setup.config().corsOrigins());
    }

    /**
     * The address of the internal gateway. Without keys every program that reaches it can send to every user, so only programs on
     * this machine may reach it.
     *
     * @throws IllegalArgumentException if the host is unknown, or is not loopback and there are no keys
     */
    static InetSocketAddress internalAddress(GatewayConfig config, ServiceKeys keys) {
        InetAddress address;
        try {
            address = InetAddress.getByName(config.internalHost());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "internalHost: " + config.internalHost() + " (expected: a known host)", e);
        }
        if (keys.isEmpty() && !config.openInternal() && !address.isLoopbackAddress()) {
            throw new IllegalArgumentException("internalHost: " + config.internalHost()
                    + " (expected: a loopback address, or service keys, or openInternal)");
        }
        return new InetSocketAddress(address, config.internalPort());
    }

    /** The port of the users. */
    EngineConfig users() {
        GatewayConfig config = setup.config();
        InetSocketAddress address = config.host() == null
                ? new InetSocketAddress(config.port())
                : new InetSocketAddress(config.host(), config.port());
        EngineConfig.Builder engine = engine(address)
                .connections(config.wire().connections())
                .proxyProtocol(config.wire().proxyProtocol())
                .tls(config.wire().tls())
                .requests(OriginGuard.users(cors))
                .routes(routes(setup.http().users()))
                .traffic(new TrafficCounter(metrics, USERS));
        setup.http().userEngine().accept(engine);
        return holding(config.delivery(), engine.build());
    }

    /** The port of the services. */
    EngineConfig services() {
        GatewayConfig config = setup.config();
        boolean hasKeys = !setup.serviceKeys().isEmpty();
        EngineConfig.Builder engine = engine(setup.internalAddress())
                .connections(config.wire().connections().withoutAddresses())
                .maxUntrustedBytes(hasKeys ? config.wire().memory().maxUnauthenticatedBytes() : Integer.MAX_VALUE)
                .tls(config.wire().internalTls() ? config.wire().tls() : null)
                .requests(OriginGuard.services(
                        cors,
                        hasKeys,
                        config.internalNullOrigin(),
                        setup.internalAddress().getAddress().isLoopbackAddress(),
                        config.internalHost()))
                .routes(routes(setup.http().services()))
                .traffic(new TrafficCounter(metrics, SERVICES));
        setup.http().serviceEngine().accept(engine);
        return holding(config.delivery(), engine.build());
    }

    private HttpRoutes routes(HttpRoutes own) {
        return setup.http().healthRoutes() ? health.or(own) : own;
    }

    private EngineConfig.Builder engine(InetSocketAddress address) {
        GatewayConfig config = setup.config();
        ResponseHeaders own = setup.http().responseHeaders();
        ResponseHeaders hardening = setup.http().securityHeaders() ? new SecurityHeaders() : response -> {};
        return EngineConfig.builder()
                .maxPayloadBytes(DeliveryConfig.DEFAULT_PAYLOAD_BYTES)
                .announcedPayloadBytes(DeliveryConfig.ANNOUNCED_PAYLOAD_BYTES)
                .address(address)
                .path(config.path())
                .cors(cors)
                .pingInterval(config.pingInterval())
                .pingTimeout(config.pingTimeout())
                .http(config.wire().http())
                .limits(limits)
                .memory(memory)
                .maxUntrustedBytes(config.wire().memory().maxUnauthenticatedBytes())
                .trustedProxies(config.wire().trustedProxies())
                .responseHeaders(response -> {
                    hardening.add(response);
                    own.add(response);
                });
    }

    /**
     * A payload must hold the largest message: a smaller bound would end sessions that the limits of messages only refuse.
     */
    private static EngineConfig holding(DeliveryConfig delivery, EngineConfig engine) {
        if (delivery.leastPayloadBytes() > engine.maxPayloadBytes()) {
            throw new IllegalArgumentException("maxMessageBytes, maxMetadataBytes: " + delivery.maxMessageBytes() + ", "
                    + delivery.maxMetadataBytes() + " (expected: with " + DeliveryConfig.ENVELOPE_BYTES
                    + " for the event around them at most maxPayloadBytes, " + engine.maxPayloadBytes() + ")");
        }
        return engine;
    }
}
