package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;

/**
 * Bounds of the connections and sessions of a server. IPv6 addresses count by their first 64 bits; loopback addresses
 * have no limit per address. {@link Integer#MAX_VALUE} means no limit. Immutable and thread-safe. Each value must be
 * positive: the constructor throws {@link IllegalArgumentException}. In the descriptions, the value after a semicolon
 * is the default.
 *
 * @param maxConnections how many TCP connections may be open, and how many sessions; 100,000. The server answers a
 *     further connection with 503 and closes it (with TLS it only closes it), and refuses a further session with 503
 * @param maxPerAddress how many TCP connections one peer address may have, unless it is a trusted proxy, and how many
 *     sessions one client address; 1,000. Beyond it: as for {@code maxConnections}
 * @param connectsPerSecondPerAddress how many sessions one client address may open per second in the long run; 100. The
 *     server refuses a further session with 429
 * @param connectBurstPerAddress how many sessions one client address may open at once; 400
 * @param maxWaiting how many new connections may wait for their turn, because each pass of an event loop begins only a
 *     few; 10,000. They wait no longer than {@link HttpLimits#headTimeout}. Beyond it: as for {@code maxConnections}
 * @param enforce whether the server refuses what exceeds a limit; true. If false, it only calls {@link
 *     EngineConfig#limits}
 */
public record ConnectionLimits(
        int maxConnections,
        int maxPerAddress,
        int connectsPerSecondPerAddress,
        int connectBurstPerAddress,
        int maxWaiting,
        boolean enforce) {

    /** The limits of a server that sets none. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(100_000, 1000, 100, 400, 10_000, true);

    public ConnectionLimits {
        Check.positive("maxConnections", maxConnections);
        Check.positive("maxPerAddress", maxPerAddress);
        Check.positive("connectsPerSecondPerAddress", connectsPerSecondPerAddress);
        Check.positive("connectBurstPerAddress", connectBurstPerAddress);
        Check.positive("maxWaiting", maxWaiting);
    }

    public ConnectionLimits withMaxConnections(int value) {
        return new ConnectionLimits(
                value, maxPerAddress, connectsPerSecondPerAddress, connectBurstPerAddress, maxWaiting, enforce);
    }

    public ConnectionLimits withMaxPerAddress(int value) {
        return new ConnectionLimits(
                maxConnections, value, connectsPerSecondPerAddress, connectBurstPerAddress, maxWaiting, enforce);
    }

    public ConnectionLimits withConnectsPerAddress(int perSecond, int burst) {
        return new ConnectionLimits(maxConnections, maxPerAddress, perSecond, burst, maxWaiting, enforce);
    }

    public ConnectionLimits withMaxWaiting(int value) {
        return new ConnectionLimits(
                maxConnections, maxPerAddress, connectsPerSecondPerAddress, connectBurstPerAddress, value, enforce);
    }

    public ConnectionLimits withEnforce(boolean value) {
        return new ConnectionLimits(
                maxConnections, maxPerAddress, connectsPerSecondPerAddress, connectBurstPerAddress, maxWaiting, value);
    }

    /** The same limits without those per address. */
    public ConnectionLimits withoutAddresses() {
        return new ConnectionLimits(
                maxConnections, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, maxWaiting, enforce);
    }
}
