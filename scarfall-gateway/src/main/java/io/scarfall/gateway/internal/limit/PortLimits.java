package io.scarfall.gateway.internal.limit;

import io.scarfall.engineio.CloseReason;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.Metrics.Counter;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.internal.blocking.BlockingHandlers;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Namespace;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** What the sessions of one port share: the limits, the cost of each event, and the counters. Thread-safe. */
public final class PortLimits {

    private static final String OTHER = "other";

    /** The results of authentications that have a counter of their own; the verifier of an embedder may use others. */
    private static final List<String> RESULTS = List.of(
            "accepted",
            "token_required",
            "invalid_token",
            "token_expired",
            "token_not_yet_valid",
            "revoked",
            "subject_mismatch",
            "unavailable",
            Failure.TOO_MANY_SESSIONS,
            "invalid_service_key");

    private static final LongFunction<Object> PLAIN = Failure::rateLimited;

    private final LimitConfig config;
    private final LimitCounter limits;
    private final BlockingHandlers blocking;
    private final LongSupplier nanoTime;
    private final UserBudgets users;
    private final Map<String, Kind> events = new HashMap<>();
    private final Kind otherEvent;
    private final Kind connect;
    private final Kind ack;
    private final Map<String, Counter> authentications = new HashMap<>();
    private final Map<CloseReason, Counter> closes = new EnumMap<>(CloseReason.class);

    /**
     * What a kind of packet costs, before the packet is parsed.
     *
     * @param answer makes the answer to a refused packet from the milliseconds to wait
     */
    record Kind(int cost, Counter counter, LongFunction<?> answer) {}

    /**
     * @param port the port's name in metrics
     * @param namespaces the namespaces whose events are counted by name; others are counted together
     * @param answers the answers to refused events, made from the milliseconds to wait, for events that need another answer
     *     than {@link Failure#rateLimited}
     * @param blocking run the blocking work of the sessions
     * @param nanoTime as {@link System#nanoTime}
     */
    public PortLimits(
            String port,
            LimitConfig config,
            Collection<Namespace> namespaces,
            Map<String, LongFunction<Object>> answers,
            LimitCounter limits,
            BlockingHandlers blocking,
            Metrics metrics,
            LongSupplier nanoTime) {
        this.config = config;
        this.limits = limits;
        this.blocking = blocking;
        this.nanoTime = nanoTime;
        RateLimits rates = config.rates();
        users = new UserBudgets(rates.user(), config.maxSessionsPerUser(), rates.queries(), nanoTime);
        Counter uncounted = Metrics.NONE.counter("");
        connect = new Kind(rates.cost(RateLimits.CONNECT), uncounted, PLAIN);
        ack = new Kind(1, uncounted, PLAIN);
        otherEvent = new Kind(1, metrics.counter("scarfall.events", "port", port, "event", OTHER), PLAIN);
        for (Namespace namespace : namespaces) {
            for (String event : namespace.events()) {
                Counter counter = metrics.counter("scarfall.events", "port", port, "event", event);
                events.put(event, new Kind(rates.cost(event), counter, answers.getOrDefault(event, PLAIN)));
            }
        }
        for (String event : rates.costs().keySet()) { // of a namespace that is added later
            events.putIfAbsent(event, new Kind(rates.cost(event), otherEvent.counter(), PLAIN));
        }
        for (String result : RESULTS) {
            authentications.put(result, metrics.counter("scarfall.authentications", "port", port, "result", result));
        }
        authentications.put(OTHER, metrics.counter("scarfall.authentications", "port", port, "result", OTHER));
        for (CloseReason reason : CloseReason.values()) {
            String word = reason.name().toLowerCase(Locale.ROOT);
            closes.put(reason, metrics.counter("scarfall.closes", "port", port, "reason", word));
        }
    }

    /** Forgets users who have left and whose budget is full again. Call it regularly. */
    public void sweep() {
        users.sweep();
    }

    LimitConfig config() {
        return config;
    }

    RateLimits rates() {
        return config.rates();
    }

    UserBudgets users() {
        return users;
    }

    BlockingHandlers blocking() {
        return blocking;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    Kind connects() {
        return connect;
    }

    Kind events(String name) {
        return events.getOrDefault(name, otherEvent);
    }

    /** The kind of acks that no event asked for. */
    Kind acks() {
        return ack;
    }

    void crossed(GatewayLimit limit) {
        limits.crossed(limit);
    }

    void authentication(String result) {
        Counter counter = authentications.get(result);
        Objects.requireNonNullElseGet(counter, () -> Objects.requireNonNull(authentications.get(OTHER)))
                .increment();
    }

    void closed(CloseReason reason) {
        Objects.requireNonNull(closes.get(reason)).increment();
    }
}
