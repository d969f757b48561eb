package io.scarfall.gateway.internal.delivery;

import io.scarfall.engineio.Limit;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.Metrics.Counter;
import io.scarfall.gateway.internal.limit.LimitCounter;

/** Counts messages, their recipients, and crossed limits. Thread-safe. */
public final class DeliveryCounts {

    private final Counter sent;
    private final Counter failed;
    private final Counter uncertain;
    private final Counter partial;
    private final LimitCounter limits;

    public DeliveryCounts(Metrics metrics, LimitCounter limits) {
        sent = metrics.counter("scarfall.deliveries", "outcome", "sent");
        failed = metrics.counter("scarfall.deliveries", "outcome", "failed");
        uncertain = metrics.counter("scarfall.deliveries", "outcome", "uncertain");
        partial = metrics.counter("scarfall.deliveries.partial");
        this.limits = limits;
    }

    /**
     * Counts the recipients of a message with its outcome: each one as sent, failed or uncertain. A sent recipient may
     * also count as partial.
     */
    void completed(Outcomes outcomes) {
        int reached = outcomes.count(Outcomes::isSent);
        int unknown = outcomes.count(Outcomes::isUncertain);
        sent.add(reached);
        uncertain.add(unknown);
        failed.add(outcomes.size() - reached - unknown);
        partial.add(outcomes.count(Outcomes::isPartial));
    }

    /** Counts a message that exceeds a limit. */
    void crossed(GatewayLimit limit) {
        limits.crossed(limit);
    }

    /** Counts a message that found no memory. */
    void crossed(Limit limit) {
        limits.accept(limit);
    }

    /** Counts a refused message, if it exceeded a limit. */
    void refused(Throwable error) {
        if (error instanceof InvalidMessageException invalid && invalid.limit() != null) {
            limits.crossed(invalid.limit());
        }
    }
}
