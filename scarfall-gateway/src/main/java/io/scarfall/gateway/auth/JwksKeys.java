package io.scarfall.gateway.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
 * The keys of an issuer, as it publishes them. Fetched at once, and again when a token comes that they are too old for, or
 * that names a key which is not among them; never twice at the same time, and never more often than is configured,
 * whatever clients send. Keys count longer than their lifetime only while they cannot be fetched. Thread-safe.
 */
final class JwksKeys implements KeySource {

    /** How many tokens may wait for a fetch at once. */
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

    /** What a fetch brought, and when. */
    private record Known(List<VerificationKey> keys, long nanos) {}

    /**
     * @param fetching completes with the state after the fetch, and does not fail; null if there is none
     * @param fetchFromNanos before this time there is no other
     * @param failures how many fetches in succession have failed
     */
    private record State(
            @Nullable Known known, @Nullable CompletableFuture<State> fetching, long fetchFromNanos, int failures) {}

    /** Fetches by HTTP. */
    static JwksKeys of(JwksConfig config) {
        JwksEndpoint endpoint = new JwksEndpoint(config);
        return new JwksKeys(config, endpoint::fetch, endpoint::close, System::nanoTime);
    }

    /**
     * @param endpoint fetches the key set
     * @param close ends what the endpoint has
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
            List<VerificationKey> found = KeySource.candidates(known.keys(), header);
            if (!found.isEmpty()) {
                if (age(known) >= config.lifetime().toNanos() / 5 * 4) {
                    refresh(now); // ahead of time, so that no token has to wait for it
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

    /** @param latest whether the keys are those that the issuer has at this moment: only then is an unknown one invalid */
    private CompletionStage<List<VerificationKey>> verdict(State now, TokenHeader header, boolean latest) {
        Known known = now.known();
        if (known != null && age(known) < config.staleLifetime().toNanos()) {
            List<VerificationKey> found = KeySource.candidates(known.keys(), header);
            if (latest || !found.isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
        }
        return CompletableFuture.failedFuture(TokenRefusedException.unavailable());
    }

    private State state() {
        return Objects.requireNonNull(state.get());
    }

    private long age(Known known) {
        return nanoTime.getAsLong() - known.nanos();
    }

    /** The fetch that is under way, or one that begins now; null where it is too early for one. */
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
        } catch (RuntimeException e) { // the client's thread has ended
            body = CompletableFuture.failedFuture(e);
        }
        body.thenCompose(this::keys).whenComplete((keys, error) -> {
            State next = error == null ? fetched(keys) : failed(begun, error);
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

    private State fetched(List<VerificationKey> keys) {
        if (keys.isEmpty()) {
            log.warn(
                    "no usable key in the key set host={} algorithms={}",
                    config.uri().getHost(),
                    config.algorithms());
        } else {
            log.debug("keys fetched host={} keys={}", config.uri().getHost(), keys.size());
        }
        long now = nanoTime.getAsLong();
        return new State(
                new Known(keys, now), null, now + config.refreshInterval().toNanos(), 0);
    }

    private State failed(State before, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (!closed) {
            log.warn("keys not fetched host={} error={}", config.uri().getHost(), cause.toString());
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
