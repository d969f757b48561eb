package io.scarfall.socketio;

import io.scarfall.engineio.internal.Check;
import io.scarfall.socketio.packet.JsonLimits;
import java.time.Duration;

/**
 * Limits of a Socket.IO server. Immutable and thread-safe. The constructor throws {@link IllegalArgumentException} for
 * a value that is out of its range. In the descriptions, the value after a semicolon is the default.
 *
 * @param connectTimeout time limit for a session to join its first namespace, and for a {@link ConnectGuard} to decide;
 *     45 s
 * @param maxAttachments how many binary attachments a packet may have; 10
 * @param json bounds of the JSON in a packet; {@link JsonLimits#DEFAULT}
 * @param maxNamespacesPerSession how many namespaces a session may be in at once. Beyond it a CONNECT is refused; 100
 * @param maxChildNamespaces how many children all {@linkplain ParentNamespace parents} of a server may have together.
 *     Beyond it a CONNECT to a new one is refused; 10,000
 * @param cleanupEmptyChildNamespaces whether a child is removed when its last socket has left. Otherwise children remain,
 *     and clients can fill {@code maxChildNamespaces} for good; true
 */
public record SocketConfig(
        Duration connectTimeout,
        int maxAttachments,
        JsonLimits json,
        int maxNamespacesPerSession,
        int maxChildNamespaces,
        boolean cleanupEmptyChildNamespaces) {

    /** The limits of a server that sets none: those of the reference implementation, where it has them. */
    public static final SocketConfig DEFAULT = new SocketConfig(Duration.ofSeconds(45), 10);

    public SocketConfig {
        Check.positive("connectTimeout", connectTimeout);
        Check.that(maxAttachments >= 0, "maxAttachments", maxAttachments, ">= 0");
        Check.positive("maxNamespacesPerSession", maxNamespacesPerSession);
        Check.that(maxChildNamespaces >= 0, "maxChildNamespaces", maxChildNamespaces, ">= 0");
    }

    /** Limits of connecting and of attachments; the others are the default. */
    public SocketConfig(Duration connectTimeout, int maxAttachments) {
        this(connectTimeout, maxAttachments, JsonLimits.DEFAULT, 100, 10_000, true);
    }

    /** The same limits with other bounds of JSON. */
    public SocketConfig withJson(JsonLimits value) {
        return new SocketConfig(
                connectTimeout,
                maxAttachments,
                value,
                maxNamespacesPerSession,
                maxChildNamespaces,
                cleanupEmptyChildNamespaces);
    }

    /** The same limits with another number of namespaces for each session. */
    public SocketConfig withMaxNamespacesPerSession(int value) {
        return new SocketConfig(
                connectTimeout, maxAttachments, json, value, maxChildNamespaces, cleanupEmptyChildNamespaces);
    }

    /** The same limits with another number of child namespaces. */
    public SocketConfig withMaxChildNamespaces(int value) {
        return new SocketConfig(
                connectTimeout, maxAttachments, json, maxNamespacesPerSession, value, cleanupEmptyChildNamespaces);
    }

    /** The same limits, removing empty child namespaces or keeping them. */
    public SocketConfig withCleanupEmptyChildNamespaces(boolean value) {
        return new SocketConfig(
                connectTimeout, maxAttachments, json, maxNamespacesPerSession, maxChildNamespaces, value);
    }
}
