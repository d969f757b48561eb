package io.scarfall.gateway.user;

import io.scarfall.gateway.limit.GatewayLimit;
import io.scarfall.gateway.limit.LimitCounter;
import java.util.concurrent.atomic.LongAdder;

/** What all mailboxes have in common: how many events wait in them, and how often one was full. Thread-safe. */
final class MailboxCounts {

    private final LimitCounter limits;
    private final LongAdder waiting = new LongAdder();

    MailboxCounts(LimitCounter limits) {
        this.limits = limits;
    }

    void added() {
        waiting.increment();
    }

    void taken() {
        waiting.decrement();
    }

    void full() {
        limits.crossed(GatewayLimit.MAILBOX);
    }

    /** How many events wait. */
    long waiting() {
        return waiting.sum();
    }
}
