package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;

/**
 * How many connections and sessions a server takes. Addresses of IPv6 count by their first 64 bits; loopback addresses have
 * no limits of their own. {@link Integer#MAX_VALUE} stands for no limit. Immutable.
 *
 * @param maxConnections how many TCP connections there may be, and how many sessions; 100,000. A further connection is
 *     answered with 503 and closed (where TLS is spoken: closed), a further session is refused with 503
 * @param maxPerAddress how many TCP connections a peer's address may have, unless it is a trusted proxy, and how many
 *     sessions a client's address; 1,000. Beyond it as above
 * @param connectsPerSecondPerAddress how many sessions a client's address may open per second in the long run; 100. A
 *     further one is refused with 429
 * @param connectBurstPerAddress how many it may open at once; 400
 * @param maxWaiting how many new connections may wait for their turn, where more come than can begin: a few do so at once in
 *     each pass of an event loop. 10,000, and for as long as a request's head may take. Beyond it as for {@code
 *     maxConnections}
 * @param enforce whether something is refused at all; true. If not, only {@link EngineConfig#limits} is called
 */
public record ConnectionLimits(
        int maxConnections,
        int maxPerAddress,
        int connectsPerSecondPerAddress,
        int connectBurstPerAddress,
        int maxWaiting,
        boolean enforce) {

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

    /** The same without limits per address. */
    public ConnectionLimits withoutAddresses() {
        return new ConnectionLimits(
                maxConnections, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, maxWaiting, enforce);
    }
}
