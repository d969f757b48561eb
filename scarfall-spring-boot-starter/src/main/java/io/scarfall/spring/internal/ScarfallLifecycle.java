package io.scarfall.spring.internal;

import io.scarfall.gateway.Scarfall;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the gateway after the web server, and drains it before the web server and everything else stops. So the web server
 * still answers health checks while the gateway drains, and handlers still have their data sources, and Redis.
 *
 * <p>A gateway starts once, so a context that was stopped cannot be started again; it can be closed and made again.
 */
public final class ScarfallLifecycle implements SmartLifecycle {

    /** Above the phases of the web server: its graceful shutdown has {@code DEFAULT_PHASE - 1024}. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private static final Logger log = LoggerFactory.getLogger(ScarfallLifecycle.class);

    private final Scarfall scarfall;
    private final ScarfallProperties.Drain drain;
    private final Duration phaseTimeout;
    private final ApplicationEventPublisher events;
    private volatile boolean running;
    private volatile boolean ended;
    private volatile String broken = "";

    /** @param phaseTimeout how long Spring waits for the drain */
    ScarfallLifecycle(
            Scarfall scarfall,
            ScarfallProperties.Drain drain,
            Duration phaseTimeout,
            ApplicationEventPublisher events) {
        this.scarfall = scarfall;
        this.drain = drain;
        this.phaseTimeout = phaseTimeout;
        this.events = events;
    }

    @Override
    public void start() {
        Duration needed = drain.notice().plus(drain.timeout());
        if (needed.compareTo(phaseTimeout) >= 0) {
            log.warn(
                    "Spring will not wait for the whole drain: scarfall.drain.notice + timeout is {},"
                            + " spring.lifecycle.timeout-per-shutdown-phase is {} (expected: longer)",
                    needed,
                    phaseTimeout);
        }
        scarfall.start();
        scarfall.broken().thenAccept(reason -> {
            broken = reason;
            AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
        });
        running = true;
    }

    /** Drains on a thread of its own, so that other parts of the same phase stop at the same time. */
    @Override
    public void stop(Runnable callback) {
        Thread thread = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                "scarfall-drain");
        thread.start();
    }

    @Override
    public void stop() {
        ended = true;
        try {
            AvailabilityChangeEvent.publish(events, this, ReadinessState.REFUSING_TRAFFIC);
        } catch (RuntimeException e) {
            log.warn(
                    "a listener of the application did not take the change of readiness; the gateway drains anyway", e);
        }
        try {
            scarfall.drain(drain.notice(), drain.timeout(), drain.grace());
        } finally {
            running = false;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Spring 7 pauses contexts of tests that wait, and restarts them; a gateway cannot restart. */
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** What a health check reports now. */
    GatewayState state() {
        if (ended) {
            return GatewayState.outOfService(running ? "draining" : "ended");
        }
        return running ? GatewayState.of(scarfall, broken) : GatewayState.outOfService("starting");
    }
}
