package io.scarfall.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an issuer publishes its keys (RFC 7517), and how long they count.
 *
 * @param uri by https; by http only on this machine
 * @param algorithms those that tokens may be signed by, one at least; keys for others are ignored
 * @param lifetime how long a key set counts before it is fetched again, when a token asks for it; 5 min
 * @param staleLifetime how long it goes on to count while it cannot be fetched; 24 h
 * @param refreshInterval how often at most an unknown {@code kid} makes it be fetched; 30 s. After a failure the next fetch
 *     may come after one second, then two, then four, and so on up to this
 * @param timeout how long a fetch may take, and with it a token wait; 5 s, at most 30 s
 * @param keep how long a key still counts after an answer no longer lists it, so that an empty or incomplete answer refuses
 *     nobody at once; 10 min, at most 24 h; zero to drop it at once
 */
public record JwksConfig(
        URI uri,
        Set<JwtAlgorithm> algorithms,
        Duration lifetime,
        Duration staleLifetime,
        Duration refreshInterval,
        Duration timeout,
        Duration keep) {

    /** The longest time for which a key may count that is no longer listed. */
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

    /** With the default times. */
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

    /** The same, with another time for which a key still counts after an answer no longer lists it. */
    public JwksConfig withKeep(Duration value) {
        return new JwksConfig(uri, algorithms, lifetime, staleLifetime, refreshInterval, timeout, value);
    }

    /** Tells the host only: a query may hold a key. */
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
