package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.TokenRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes. They are fetched at the start. They are fetched again when they are too old for a
 * token, or when a token names a key that is not among them. There is never more than one fetch at a time, and never more
 * often than configured, whatever clients send. Keys older than their lifetime count only while fetches fail.
 *
 * <p>A key that a later response does not list still counts for a configured time, because a response may be empty or
 * incomplete by mistake. After that time the key ends without another response. Thread-safe.
 */
final class JwksKeys implements KeySource {

    /** The most tokens that may wait for a fetch. */
    static final int MAX_WAITING = 10_000;

    private static final Logger log = LoggerFactory.getLogger(JwksKeys.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final JwksConfig config;
    private final Set<String> algorithms;
    private final Supplier<CompletionStage<byte[]>> endpoint;
    private final Runnable close;
    private final LongSupplier nanoTime;
    private final AtomicReference<State> state;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    /**
     * The result of a fetch, and when it came.
     *
     * @param missing keys that earlier responses listed and this one did not, the latest first
     */
    private record Known(List<VerificationKey> keys, List<Missing> missing, long nanos) {}

    /** A key that is no longer listed, and since when. */
    private record Missing(VerificationKey key, long nanos) {}

    /**
     * @param fetching completes with the state after the fetch, and does not fail; null if no fetch is running
     * @param fetchFromNanos the earliest time of the next fetch
     * @param failures the number of failed fetches since the last success
     */
    private record State(
            @Nullable Known known, @Nullable CompletableFuture<State> fetching, long fetchFromNanos, int failures) {}

    /** A source that fetches by HTTP. */
    static JwksKeys of(JwksConfig config) {
        JwksEndpoint endpoint = new JwksEndpoint(config);
        return new JwksKeys(config, endpoint::fetch, endpoint::close, System::nanoTime);
    }

    /**
     * @param endpoint fetches the key set
     * @param close releases the resources of the endpoint
     */
    JwksKeys(JwksConfig config, Supplier<CompletionStage<byte[]>> endpoint, Runnable close, LongSupplier nanoTime) {
        this.config = config;
        this.endpoint = endpoint;
        this.close = close;
        this.nanoTime = nanoTime;
        algorithms = config.algorithms().stream()
                .flatMap(algorithm -> algorithm.names().stream())
                .collect(Collectors.toUnmodifiableSet());
        State nothing = new State(null, null, nanoTime.getAsLong(), 0);
        state = new AtomicReference<>(nothing);
        refresh(nothing);
    }

    @Override
    public double ageSeconds() {
        Known known = Objects.requireNonNull(state.get()).known();
        return known == null ? Double.NaN : age(known) / 1e9;
    }

    @Override
    public CompletionStage<List<VerificationKey>> candidates(TokenHeader header) {
        if (!algorithms.contains(header.algorithm())) {
            return CompletableFuture.completedFuture(List.of());
        }
        State now = state();
        Known known = now.known();
        if (known != null && age(known) < config.lifetime().toNanos()) {
            List<VerificationKey> found = candidates(known, header);
            if (!found.isEmpty()) {
                // Fetches ahead of time, so that no token waits for the fetch. Also fetches if the key is missing,
                // because the issuer may list it again.
                if (age(known) >= config.lifetime().toNanos() / 5 * 4
                        || !known.keys().containsAll(found)) {
                    refresh(now);
                }
                return CompletableFuture.completedFuture(found);
            }
        }
        CompletableFuture<State> refresh = refresh(now);
        if (refresh == null) {
            return verdict(now, header, false);
        }
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return verdict(now, header, false);
        }
        return refresh.thenCompose(latest -> {
            waiting.decrementAndGet();
            return verdict(latest, header, latest.failures() == 0);
        });
    }

    /** @param latest whether the issuer lists exactly these keys at this moment: only then is an unknown key invalid */
    private CompletionStage<List<VerificationKey>> verdict(State now, TokenHeader header, boolean latest) {
        Known known = now.known();
        if (known != null && age(known) < config.staleLifetime().toNanos()) {
            List<VerificationKey> found = candidates(known, header);
            if (latest || !found.isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
        }
        return CompletableFuture.failedFuture(TokenRefusedException.unavailable());
    }

    /** The candidates among the listed keys, followed by those among missing keys that still count. */
    private List<VerificationKey> candidates(Known known, TokenHeader header) {
        if (known.missing().isEmpty()) {
            return KeySource.candidates(known.keys(), header);
        }
        List<VerificationKey> all = new ArrayList<>(known.keys());
        long now = nanoTime.getAsLong();
        known.missing().stream().filter(missing -> counts(missing, now)).forEach(missing -> all.add(missing.key()));
        return KeySource.candidates(all, header);
    }

    private boolean counts(Missing missing, long now) {
        return now - missing.nanos() < config.keep().toNanos();
    }

    private State state() {
        return Objects.requireNonNull(state.get());
    }

    private long age(Known known) {
        return nanoTime.getAsLong() - known.nanos();
    }

    /** The running fetch, or one that starts now; null if it is too early for one. */
    private @Nullable CompletableFuture<State> refresh(State seen) {
        if (seen.fetching() != null) {
            return seen.fetching();
        }
        if (closed || nanoTime.getAsLong() - seen.fetchFromNanos() < 0) {
            return null;
        }
        CompletableFuture<State> fetching = new CompletableFuture<>();
        State begun = new State(seen.known(), fetching, seen.fetchFromNanos(), seen.failures());
        if (!state.compareAndSet(seen, begun)) {
            return refresh(state());
        }
        CompletionStage<byte[]> body;
        try {
            body = endpoint.get();
        } catch (RuntimeException e) { // the client is closed
            body = CompletableFuture.failedFuture(e);
        }
        body.thenCompose(this::keys).whenComplete((keys, error) -> {
            State next = error == null ? fetched(begun, keys) : failed(begun, error);
            state.set(next);
            fetching.complete(next);
        });
        return fetching;
    }

    private CompletionStage<List<VerificationKey>> keys(byte[] json) {
        try {
            return CompletableFuture.completedFuture(JwkSet.read(json, config.algorithms()));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private State fetched(State before, List<VerificationKey> listed) {
        long now = nanoTime.getAsLong();
        Known known = before.known() == null
                ? new Known(distinct(listed), List.of(), now)
                : next(before.known(), listed, now);
        report(known);
        return new State(known, null, now + config.refreshInterval().toNanos(), 0);
    }

    private void report(Known known) {
        long gone = known.missing().stream()
                .filter(missing -> missing.nanos() == known.nanos())
                .count();
        if (known.keys().isEmpty()) {
            log.warn(
                    "no usable key in the key set, known keys count until keep is over host={} algorithms={} missing={} keep={}",
                    config.uri().getHost(),
                    config.algorithms(),
                    known.missing().size(),
                    config.keep());
        } else if (gone > 0) {
            log.warn(
                    "keys are missing in the key set, they count until keep is over host={} missing={} listed={} keep={}",
                    config.uri().getHost(),
                    gone,
                    known.keys().size(),
                    config.keep());
        } else {
            log.debug(
                    "keys fetched host={} keys={}",
                    config.uri().getHost(),
                    known.keys().size());
        }
    }

    /** The known keys after a response. A key that is listed again stays the same object, and a missing key still counts. */
    private Known next(Known before, List<VerificationKey> listed, long now) {
        List<VerificationKey> known = new ArrayList<>(before.keys());
        before.missing().forEach(missing -> known.add(missing.key()));
        List<VerificationKey> keys = distinct(listed).stream()
                .map(key -> same(key, known).orElse(key))
                .toList();
        List<Missing> missing = new ArrayList<>();
        before.keys().stream().filter(key -> !keys.contains(key)).forEach(key -> missing.add(new Missing(key, now)));
        before.missing().stream()
                .filter(earlier -> counts(earlier, now) && !keys.contains(earlier.key()))
                .forEach(missing::add);
        // The bound keeps an issuer that lists new keys each time from filling the memory.
        return new Known(keys, List.copyOf(missing.subList(0, Math.min(missing.size(), JwkSet.MAX_KEYS))), now);
    }

    private static List<VerificationKey> distinct(List<VerificationKey> keys) {
        List<VerificationKey> distinct = new ArrayList<>();
        for (VerificationKey key : keys) {
            if (same(key, distinct).isEmpty()) {
                distinct.add(key);
            }
        }
        return List.copyOf(distinct);
    }

    private static Optional<VerificationKey> same(VerificationKey key, List<VerificationKey> among) {
        return among.stream().filter(key::isSameAs).findFirst();
    }

    private State failed(State before, Throwable error) {
        Throwable cause = Causes.of(error);
        if (!closed) {
            log.warn(
                    "keys not fetched, retrying host={} error={}",
                    config.uri().getHost(),
                    LogText.of(cause.toString()));
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(before.failures(), 16));
        if (pause.compareTo(config.refreshInterval()) > 0) {
            pause = config.refreshInterval();
        }
        return new State(before.known(), null, nanoTime.getAsLong() + pause.toNanos(), before.failures() + 1);
    }

    @Override
    public void close() {
        closed = true;
        close.run();
    }
}
