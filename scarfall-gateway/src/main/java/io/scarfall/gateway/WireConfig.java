package io.scarfall.gateway;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.socketio.packet.JsonLimits;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway takes from the network. Immutable.
 *
 * @param connections limits of the users' port; the services' port has them without those per address
 * @param http limits of HTTP requests, on both ports
 * @param json limits of the JSON in a packet, on both ports
 * @param memory how much memory clients may make the gateway hold
 * @param trustedProxies proxies whose forwarded headers ({@code X-Forwarded-For}, {@code X-Forwarded-Proto}) or PROXY protocol
 *     are trusted; none
 * @param proxyProtocol whether every connection of a trusted proxy to the users' port begins with a header of the PROXY
 *     protocol; false
 * @param tls serves https and wss on the users' port with this certificate; null for plain text
 * @param internalTls use TLS on the services' port too, with the same certificate; false
 */
public record WireConfig(
        ConnectionLimits connections,
        HttpLimits http,
        JsonLimits json,
        MemoryLimits memory,
        TrustedProxies trustedProxies,
        boolean proxyProtocol,
        @Nullable TlsFiles tls,
        boolean internalTls) {

    public static final WireConfig DEFAULT = new WireConfig(
            ConnectionLimits.DEFAULT,
            HttpLimits.DEFAULT,
            JsonLimits.DEFAULT,
            MemoryLimits.DEFAULT,
            TrustedProxies.NONE,
            false,
            null,
            false);

    public WireConfig {
        Objects.requireNonNull(connections, "connections");
        Objects.requireNonNull(http, "http");
        Objects.requireNonNull(json, "json");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(trustedProxies, "trustedProxies");
        Check.that(
                !proxyProtocol || !trustedProxies.isEmpty(),
                "proxyProtocol",
                proxyProtocol,
                "trustedProxies that speak it");
        Check.that(!internalTls || tls != null, "internalTls", internalTls, "tls");
    }

    /** The same with another {@link #connections}. */
    public WireConfig withConnections(ConnectionLimits value) {
        return new WireConfig(value, http, json, memory, trustedProxies, proxyProtocol, tls, internalTls);
    }

    /** The same with another {@link #http}. */
    public WireConfig withHttp(HttpLimits value) {
        return new WireConfig(connections, value, json, memory, trustedProxies, proxyProtocol, tls, internalTls);
    }

    /** The same with another {@link #json}. */
    public WireConfig withJson(JsonLimits value) {
        return new WireConfig(connections, http, value, memory, trustedProxies, proxyProtocol, tls, internalTls);
    }

    /** The same with another {@link #memory}. */
    public WireConfig withMemory(MemoryLimits value) {
        return new WireConfig(connections, http, json, value, trustedProxies, proxyProtocol, tls, internalTls);
    }

    /** The same with another {@link #trustedProxies}. */
    public WireConfig withTrustedProxies(TrustedProxies value) {
        return new WireConfig(connections, http, json, memory, value, proxyProtocol, tls, internalTls);
    }

    /** The same with another {@link #proxyProtocol}. */
    public WireConfig withProxyProtocol(boolean value) {
        return new WireConfig(connections, http, json, memory, trustedProxies, value, tls, internalTls);
    }

    /** The same with another {@link #tls}. */
    public WireConfig withTls(@Nullable TlsFiles value) {
        return new WireConfig(connections, http, json, memory, trustedProxies, proxyProtocol, value, internalTls);
    }

    /** The same with another {@link #internalTls}. */
    public WireConfig withInternalTls(boolean value) {
        return new WireConfig(connections, http, json, memory, trustedProxies, proxyProtocol, tls, value);
    }
}
