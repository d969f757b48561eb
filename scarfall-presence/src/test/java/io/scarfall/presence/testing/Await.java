package io.scarfall.presence.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for events in another process: checks a condition until it is true, or fails after a bound. */
public final class Await {

    /** The bound where none is given; generous, since only failures wait for so long. */
    public static final Duration BOUND = Duration.ofSeconds(30);

    private Await() {}

    /** As {@link #until(String, Duration, Callable)}, within {@link #BOUND}. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, BOUND, condition);
    }

    /**
     * Returns when the condition is true. If it throws, it is checked again: a server that starts refuses
     * connections.
     *
     * @param what the condition, for the message
     * @throws org.awaitility.core.ConditionTimeoutException if it is not true in time; its cause is the last
     *     exception of the condition
     */
    public static void until(String what, Duration bound, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .pollInSameThread()
                .ignoreExceptions()
                .until(condition);
    }
}
