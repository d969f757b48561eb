package io.scarfall.socketio;

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
 */
public record SocketConfig(Duration connectTimeout, int maxAttachments, JsonLimits json) {

    /** The limits of a server that sets none: those of the reference implementation, where it has them. */
    public static final SocketConfig DEFAULT = new SocketConfig(Duration.ofSeconds(45), 10);

    public SocketConfig {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: > 0)");
        }
        if (maxAttachments < 0) {
            throw new IllegalArgumentException("maxAttachments: " + maxAttachments + " (expected: >= 0)");
        }
    }

    /** Limits with the default bounds of JSON. */
    public SocketConfig(Duration connectTimeout, int maxAttachments) {
        this(connectTimeout, maxAttachments, JsonLimits.DEFAULT);
    }

    /** The same limits with other bounds of JSON. */
    public SocketConfig withJson(JsonLimits value) {
        return new SocketConfig(connectTimeout, maxAttachments, value);
    }
}
