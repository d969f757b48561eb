package io.scarfall.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an issuer publishes its keys (RFC 7517), and how long they are used. Immutable.
 *
 * @param uri the address of the key set: https, or http on this machine
 * @param algorithms the algorithms that tokens may be signed with, at least one; keys for others are ignored
 * @param lifetime how long a key set is used before a token causes another fetch; 5 min
 * @param staleLifetime how long a key set is used while it cannot be fetched; 24 h
 * @param refreshInterval the shortest time between two fetches because of an unknown {@code kid}; 30 s. After a failure the
 *     next fetch may follow after one second, then two, then four, and so on up to this
 * @param timeout the longest time for a fetch, and so for a token that waits for it; 5 s, at most 30 s
 * @param keep how long a key is used after an answer stopped listing it, so that an empty or incomplete answer does not refuse
 *     all tokens at once; 10 min, at most 24 h; zero to drop it at once
 */
public record JwksConfig(
        URI uri,
        Set<JwtAlgorithm> algorithms,
        Duration lifetime,
        Duration staleLifetime,
        Duration refreshInterval,
        Duration timeout,
        Duration keep) {

    /** The largest {@code keep}. */
    public static final Duration MAX_KEEP = Duration.ofHours(24);

    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    public JwksConfig {
        // the message leaves out the parts of the URI that may be secret
        String host = uri.getHost();
        if (host == null
                || uri.getRawUserInfo() != null
                || !("https".equalsIgnoreCase(uri.getScheme())
                        || ("http".equalsIgnoreCase(uri.getScheme())
                                && LOOPBACK.matcher(host).matches()))) {
            throw new IllegalArgumentException("jwks: " + uri.getScheme() + "://" + host
                    + " (expected: https, or http on this machine, and neither user nor password)");
        }
        Check.that(!algorithms.isEmpty(), "jwks", "no algorithm", "one at least");
        algorithms = Set.copyOf(algorithms);
        Check.positive("lifetime", lifetime);
        Check.that(
                staleLifetime.compareTo(lifetime) >= 0,
                "staleLifetime",
                staleLifetime,
                "at least the lifetime, " + lifetime);
        Check.positive("refreshInterval", refreshInterval);
        Check.positive("timeout", timeout);
        Check.that(timeout.compareTo(MAX_TIMEOUT) <= 0, "timeout", timeout, "at most " + MAX_TIMEOUT);
        Check.upTo("keep", keep, MAX_KEEP);
    }

    /** A configuration with the default times. */
    public static JwksConfig of(URI uri, JwtAlgorithm... algorithms) {
        return new JwksConfig(
                uri,
                Set.copyOf(Arrays.asList(algorithms)),
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10));
    }

    /** The same with another {@link #keep}. */
    public JwksConfig withKeep(Duration value) {
        return new JwksConfig(uri, algorithms, lifetime, staleLifetime, refreshInterval, timeout, value);
    }

    /** Contains the host only: a query may hold a key. */
    @Override
    public String toString() {
        return "JwksConfig[" + uri.getHost() + ", " + algorithms + "]";
    }

    /** The same with another {@link #lifetime}. */
    public JwksConfig withLifetime(Duration value) {
        return new JwksConfig(uri, algorithms, value, staleLifetime, refreshInterval, timeout, keep);
    }

    /** The same with another {@link #staleLifetime}. */
    public JwksConfig withStaleLifetime(Duration value) {
        return new JwksConfig(uri, algorithms, lifetime, value, refreshInterval, timeout, keep);
    }

    /** The same with another {@link #refreshInterval}. */
    public JwksConfig withRefreshInterval(Duration value) {
        return new JwksConfig(uri, algorithms, lifetime, staleLifetime, value, timeout, keep);
    }

    /** The same with another {@link #timeout}. */
    public JwksConfig withTimeout(Duration value) {
        return new JwksConfig(uri, algorithms, lifetime, staleLifetime, refreshInterval, value, keep);
    }
}
