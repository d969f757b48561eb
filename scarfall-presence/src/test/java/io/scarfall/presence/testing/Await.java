package io.scarfall.presence.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what happens in another process: asks again and again until it is so, or fails after a bound. */
public final class Await {

    /** How long anything may take that nobody gave a bound for; generous, since only failures wait for so long. */
    public static final Duration BOUND = Duration.ofSeconds(30);

    private Await() {}

    /** As {@link #until(String, Duration, Callable)}, within {@link #BOUND}. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, BOUND, condition);
    }

    /**
     * Returns when the condition is true. One that throws is asked again: a server that starts refuses connections.
     *
     * @param what what is waited for, for the message
     * @throws org.awaitility.core.ConditionTimeoutException if it is not true in time; its cause is what the condition
     *     threw last
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
