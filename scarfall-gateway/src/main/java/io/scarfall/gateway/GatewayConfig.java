package io.scarfall.gateway;

import io.scarfall.engineio.CorsPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All values of a gateway's configuration. Immutable; {@link ScarfallBuilder} makes it, and explains each value.
 *
 * @param host the address of the user gateway; null for all addresses
 * @param port the port of the user gateway; 3000; 0 for any free port
 * @param internalHost the address of the internal gateway; {@code 127.0.0.1}
 * @param internalPort the port of the internal gateway; 4000; 0 for any free port
 * @param openInternal whether the internal gateway may listen beyond loopback without service keys; false
 * @param internalNullOrigin whether pages without an origin may use the internal gateway; false
 * @param path the path of Socket.IO on both ports; {@code /socket.io}
 * @param corsOrigins the origins whose pages may connect; {@code *}
 * @param pingInterval the time between two heartbeats; 25 s
 * @param pingTimeout the longest wait for the answer to a heartbeat; 20 s
 * @param tokenInQuery whether a token in the query string is accepted; false
 * @param nodeName the name of this node, unique among the running nodes
 * @param sessions times of users' sessions
 * @param delivery limits of messages
 * @param tokens what tokens must say
 * @param wire limits of connections and packets, proxies, and TLS
 * @param limits what users may spend
 * @param friends how lists of friends that other systems write are followed
 * @param control how sessions are controlled on all nodes together
 */
public record GatewayConfig(
        @Nullable String host,
        int port,
        String internalHost,
        int internalPort,
        boolean openInternal,
        boolean internalNullOrigin,
        String path,
        List<String> corsOrigins,
        Duration pingInterval,
        Duration pingTimeout,
        boolean tokenInQuery,
        String nodeName,
        SessionConfig sessions,
        DeliveryConfig delivery,
        TokenConfig tokens,
        WireConfig wire,
        LimitConfig limits,
        FriendsConfig friends,
        ControlConfig control) {

    public GatewayConfig {
        Check.port("port", port);
        Check.port("internalPort", internalPort);
        Check.that(port == 0 || port != internalPort, "internalPort", internalPort, "not the port of the users");
        Check.that(path.startsWith("/") && path.length() > 1, "path", path, "such as /socket.io");
        CorsPolicy.of(corsOrigins);
        corsOrigins = List.copyOf(corsOrigins);
        Check.positive("pingInterval", pingInterval);
        Check.positive("pingTimeout", pingTimeout);
        Check.nodeName("nodeName", nodeName);
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(wire, "wire");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(friends, "friends");
        Objects.requireNonNull(control, "control");
    }
}
