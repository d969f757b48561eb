package io.scarfall.spring.internal;

import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.JwtAlgorithm;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * The properties {@code scarfall.*}. A missing one is null, and leaves the default of the gateway. The records {@code sessions},
 * {@code delivery}, {@code limits}, {@code friends}, {@code control} and {@code wire} have the component names of the gateway's
 * records, so {@link Overrides} can merge them. {@code spring-configuration-metadata.json} describes each property; a
 * test compares both.
 */
@ConfigurationProperties("scarfall")
public record ScarfallProperties(
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String internalHost,
        @Nullable Integer internalPort,
        @Nullable Boolean openInternal,
        @Nullable Boolean internalNullOrigin,
        @Nullable String path,
        @Nullable List<String> corsOrigins,
        @Nullable Duration pingInterval,
        @Nullable Duration pingTimeout,
        @Nullable Duration blockingTimeout,
        @Nullable Boolean tokenInQuery,
        @Nullable Boolean answerUnknownEvents,
        @Nullable Boolean healthRoutes,
        @Nullable Boolean securityHeaders,
        @Nullable String nodeName,
        @Nullable String serviceKeys,
        @DefaultValue("auto") Store store,
        @DefaultValue Jwt jwt,
        @DefaultValue Redis redis,
        @DefaultValue Drain drain,
        @DefaultValue Sessions sessions,
        @DefaultValue Delivery delivery,
        @DefaultValue Limits limits,
        @DefaultValue Friends friends,
        @DefaultValue Control control,
        @DefaultValue Wire wire) {

    /** Where the nodes keep what they share. */
    public enum Store {
        /** In Redis if the application has a connection to one, else in memory. */
        AUTO,
        /** In the memory of this process, for one node. */
        MEMORY,
        /** In Redis; the start fails if the application has no connection to one. */
        REDIS
    }

    /** How tokens of users are verified. Its text shows no secret. */
    public record Jwt(
            @Nullable String secret,
            @Nullable Resource publicKeyLocation,
            @Nullable URI jwksUri,
            @Nullable Duration jwksKeep,
            @DefaultValue("rs256") List<JwtAlgorithm> algorithms,
            @Nullable List<String> issuers,
            @Nullable List<String> audiences,
            @Nullable Duration skew,
            @Nullable Duration warning,
            @Nullable List<String> claims,
            @Nullable String rolesClaim) {

        boolean isEmpty() {
            return secret == null && publicKeyLocation == null && jwksUri == null;
        }

        @Override
        public String toString() {
            return "Jwt[...]";
        }
    }

    /** How the nodes use the Redis of {@code spring.data.redis.*}. */
    public record Redis(
            @Nullable String prefix,
            @Nullable Integer partitions,
            @Nullable Duration commandTimeout,
            @Nullable Boolean externalFriends,
            @Nullable Integer maxFriendsBytes) {}

    /** How the gateway ends when its application ends. */
    public record Drain(
            @DefaultValue("0s") Duration notice,
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("3s") Duration grace) {}

    /** As {@link io.scarfall.gateway.SessionConfig}. */
    public record Sessions(
            @Nullable Duration authTimeout,
            @Nullable Duration touchInterval,
            @Nullable Duration sessionExpiry,
            @Nullable Duration idleTimeout,
            @Nullable Duration cleanupInterval,
            @Nullable Integer maxPageSize,
            @Nullable Duration offlineGrace,
            @Nullable Duration noticeWindow) {}

    /** As {@link io.scarfall.gateway.DeliveryConfig}. */
    public record Delivery(
            @Nullable Integer maxRecipients,
            @Nullable Integer maxUserIdLength,
            @Nullable Integer maxMessageBytes,
            @Nullable Integer maxMetadataBytes,
            @Nullable Long maxFanOutBytes,
            @Nullable Integer maxUnanswered,
            @Nullable Duration applyTimeout,
            @Nullable Duration answerTimeout) {}

    /** As {@link io.scarfall.gateway.LimitConfig}; the rates as {@link io.scarfall.gateway.RateLimits#parse} reads them. */
    public record Limits(
            @Nullable String rates,
            @Nullable Integer maxSessionsPerUser,
            @Nullable Integer maxFailedAuthentications) {}

    /** As {@link io.scarfall.gateway.FriendsConfig}. */
    public record Friends(
            @Nullable Duration refreshInterval, @Nullable Integer refreshesPerSecond) {}

    /** As {@link ControlConfig}. */
    public record Control(
            @Nullable Duration revocationExpiry,
            @Nullable Integer maxRevocations,
            @Nullable Integer maxUserSessions,
            ControlConfig.@Nullable WhenFull whenFull) {}

    /** As {@link io.scarfall.gateway.WireConfig}. */
    public record Wire(
            @DefaultValue Connections connections,
            @DefaultValue Http http,
            @DefaultValue Memory memory,
            @Nullable List<String> trustedProxies,
            @Nullable Boolean proxyProtocol,
            @Nullable Tls tls,
            @Nullable Boolean internalTls) {}

    /** As {@link io.scarfall.engineio.ConnectionLimits}. */
    public record Connections(
            @Nullable Integer maxConnections,
            @Nullable Integer maxPerAddress,
            @Nullable Integer connectsPerSecondPerAddress,
            @Nullable Integer connectBurstPerAddress,
            @Nullable Integer maxWaiting,
            @Nullable Boolean enforce) {}

    /** As {@link io.scarfall.engineio.HttpLimits}. */
    public record Http(
            @Nullable Integer maxRequestLineBytes,
            @Nullable Integer maxHeaderBytes,
            @Nullable Integer maxHeaders,
            @Nullable Duration headTimeout,
            @Nullable Duration bodyTimeout,
            @Nullable Duration idleTimeout,
            @Nullable Duration tlsHandshakeTimeout) {}

    /** As {@link io.scarfall.gateway.MemoryLimits}. */
    public record Memory(
            @Nullable Long maxHeldBytes,
            @Nullable Long maxHeldBytesPerAddress,
            @Nullable Integer maxUnauthenticatedBytes) {}

    /** As {@link io.scarfall.engineio.TlsFiles}, with both files. Its text shows no password. */
    public record Tls(
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable String keyPassword) {

        @Override
        public String toString() {
            return "Tls[" + certificate + "]";
        }
    }

    /** Shows no keys of services. */
    @Override
    public String toString() {
        return "ScarfallProperties[port=" + port + ", internalPort=" + internalPort + ", store=" + store + "]";
    }
}
