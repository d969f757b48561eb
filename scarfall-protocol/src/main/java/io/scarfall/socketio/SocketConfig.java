package io.scarfall.socketio;

import io.scarfall.socketio.packet.JsonLimits;
import java.time.Duration;

/**
 * Limits of a Socket.IO server.
 *
 * @param connectTimeout how long a session may stay outside all namespaces; 45 s
 * @param maxAttachments how many binary attachments a packet may have; 10
 * @param json limits of the JSON in a packet; {@link JsonLimits#DEFAULT}
 */
public record SocketConfig(Duration connectTimeout, int maxAttachments, JsonLimits json) {

    /** What the reference implementation uses, where it has a limit. */
    public static final SocketConfig DEFAULT = new SocketConfig(Duration.ofSeconds(45), 10);

    public SocketConfig {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: > 0)");
        }
        if (maxAttachments < 0) {
            throw new IllegalArgumentException("maxAttachments: " + maxAttachments + " (expected: >= 0)");
        }
    }

    /** With the default limits of JSON. */
    public SocketConfig(Duration connectTimeout, int maxAttachments) {
        this(connectTimeout, maxAttachments, JsonLimits.DEFAULT);
    }

    public SocketConfig withJson(JsonLimits value) {
        return new SocketConfig(connectTimeout, maxAttachments, value);
    }
}
