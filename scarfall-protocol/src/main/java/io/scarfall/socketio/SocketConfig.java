package io.scarfall.socketio;

import java.time.Duration;

/**
 * Limits of a Socket.IO server.
 *
 * @param connectTimeout how long a session may stay outside all namespaces; 45 s
 * @param maxAttachments how many binary attachments a packet may have; 10
 */
public record SocketConfig(Duration connectTimeout, int maxAttachments) {

    /** What the reference implementation uses. */
    public static final SocketConfig DEFAULT = new SocketConfig(Duration.ofSeconds(45), 10);

    public SocketConfig {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: > 0)");
        }
        if (maxAttachments < 0) {
            throw new IllegalArgumentException("maxAttachments: " + maxAttachments + " (expected: >= 0)");
        }
    }
}
