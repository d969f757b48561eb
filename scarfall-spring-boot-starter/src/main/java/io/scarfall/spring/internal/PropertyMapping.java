package io.scarfall.spring.internal;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.MemoryLimits;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.WireConfig;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/** Sets what the properties say on a builder of gateways. */
final class PropertyMapping {

    private final ScarfallProperties properties;

    PropertyMapping(ScarfallProperties properties) {
        this.properties = properties;
    }

    /** Everything except the source of users' tokens. */
    void apply(ScarfallBuilder builder) {
        given(properties.host(), builder::host);
        given(properties.port(), builder::port);
        given(properties.internalHost(), builder::internalHost);
        given(properties.internalPort(), builder::internalPort);
        given(properties.openInternal(), builder::openInternal);
        given(properties.internalNullOrigin(), builder::internalNullOrigin);
        given(properties.path(), builder::path);
        given(properties.corsOrigins(), builder::corsOrigins);
        given(properties.pingInterval(), builder::pingInterval);
        given(properties.pingTimeout(), builder::pingTimeout);
        given(properties.blockingTimeout(), builder::blockingTimeout);
        given(properties.tokenInQuery(), builder::tokenInQuery);
        given(properties.answerUnknownEvents(), builder::answerUnknownEvents);
        given(properties.healthRoutes(), builder::healthRoutes);
        given(properties.securityHeaders(), builder::securityHeaders);
        given(properties.nodeName(), builder::nodeName);
        given(properties.serviceKeys(), builder::serviceKeys);
        builder.sessions(sessions());
        builder.delivery(Overrides.merge("scarfall.delivery", DeliveryConfig.DEFAULT, properties.delivery()));
        builder.tokens(Overrides.merge("scarfall.jwt", TokenConfig.DEFAULT, properties.jwt()));
        builder.limits(limits(properties.limits()));
        builder.friends(Overrides.merge("scarfall.friends", FriendsConfig.DEFAULT, properties.friends()));
        builder.control(Overrides.merge("scarfall.control", ControlConfig.DEFAULT, properties.control()));
        builder.wire(wire(properties.wire()));
    }

    private SessionConfig sessions() {
        return Overrides.merge("scarfall.sessions", SessionConfig.DEFAULT, properties.sessions());
    }

    /** The source of users' tokens, if the properties name one. */
    void applyTokens(ScarfallBuilder builder) {
        ScarfallProperties.Jwt jwt = properties.jwt();
        given(jwt.secret(), builder::jwtSecret);
        given(jwt.publicKeyLocation(), location -> builder.jwtPublicKey(algorithm(jwt.algorithms()), text(location)));
        given(jwt.jwksUri(), uri -> {
            JwksConfig jwks = JwksConfig.of(uri, jwt.algorithms().toArray(JwtAlgorithm[]::new));
            builder.jwks(jwt.jwksKeep() == null ? jwks : jwks.withKeep(jwt.jwksKeep()));
        });
    }

    /** How the nodes use Redis, except where it is. */
    void applyRedis(RedisPresenceCluster.Builder builder) {
        ScarfallProperties.Redis redis = properties.redis();
        given(redis.prefix(), builder::prefix);
        given(redis.partitions(), builder::partitions);
        given(redis.commandTimeout(), builder::commandTimeout);
        given(redis.externalFriends(), builder::externalFriends);
        given(redis.maxFriendsBytes(), builder::maxFriendsBytes);
        builder.sessionExpiry(sessions().sessionExpiry());
    }

    private static JwtAlgorithm algorithm(List<JwtAlgorithm> algorithms) {
        if (algorithms.size() != 1) {
            throw new IllegalArgumentException(
                    "scarfall.jwt.algorithms: " + algorithms + " (expected: one, beside a public key)");
        }
        return algorithms.get(0);
    }

    private static String text(Resource resource) {
        try {
            return resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "scarfall.jwt.public-key-location: " + resource.getDescription() + " (expected: readable)", e);
        }
    }

    private static LimitConfig limits(ScarfallProperties.Limits limits) {
        LimitConfig defaults = limits.rates() == null
                ? LimitConfig.DEFAULT
                : LimitConfig.DEFAULT.withRates(RateLimits.parse(limits.rates()));
        return new LimitConfig(
                defaults.rates(),
                limits.maxSessionsPerUser() == null ? defaults.maxSessionsPerUser() : limits.maxSessionsPerUser(),
                limits.maxFailedAuthentications() == null
                        ? defaults.maxFailedAuthentications()
                        : limits.maxFailedAuthentications());
    }

    private static WireConfig wire(ScarfallProperties.Wire wire) {
        Long held = wire.memory().maxHeldBytes();
        ScarfallProperties.Tls tls = wire.tls();
        WireConfig usual = WireConfig.DEFAULT;
        return new WireConfig(
                Overrides.merge("scarfall.wire.connections", ConnectionLimits.DEFAULT, wire.connections()),
                Overrides.merge("scarfall.wire.http", HttpLimits.DEFAULT, wire.http()),
                usual.json(),
                // the bound for one address follows the bound for all, unless it is given
                Overrides.merge(
                        "scarfall.wire.memory",
                        held == null ? MemoryLimits.DEFAULT : MemoryLimits.of(held),
                        wire.memory()),
                wire.trustedProxies() == null ? TrustedProxies.NONE : TrustedProxies.of(wire.trustedProxies()),
                Boolean.TRUE.equals(wire.proxyProtocol()),
                tls == null ? null : files(tls),
                Boolean.TRUE.equals(wire.internalTls()));
    }

    private static TlsFiles files(ScarfallProperties.Tls tls) {
        Path certificate = tls.certificate();
        Path key = tls.key();
        if (certificate == null || key == null) {
            throw new IllegalArgumentException("scarfall.wire.tls." + (certificate == null ? "certificate" : "key")
                    + ": none (expected: a certificate and its key)");
        }
        return new TlsFiles(certificate, key, tls.keyPassword());
    }

    private static <T> void given(@Nullable T value, Consumer<T> target) {
        if (value != null) {
            target.accept(value);
        }
    }
}
