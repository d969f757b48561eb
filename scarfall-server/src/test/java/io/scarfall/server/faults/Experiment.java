package io.scarfall.server.faults;

import io.scarfall.presence.testing.Await;
import io.scarfall.server.faults.Ledger.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** Runs one fault while the crowd sends, measures how long the cluster takes to heal, and judges what arrived. */
final class Experiment {

    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration MOST_CAUTIOUS = Duration.ofSeconds(15);
    private static final Duration MOST_TO_HEAL = Duration.ofSeconds(60);
    private static final Duration MOST_TO_LEARN = Duration.ofSeconds(10);

    /**
     * What one experiment measured.
     *
     * @param faultMillis how long the fault lasted
     * @param healedMillis the time from the end of the fault until users of every node reach users of every other node, and
     *     every node answers correctly which users are online
     * @param cautiousMillis the time from the end of the fault (or the return of a killed node) until the last message with
     *     {@code partial} or {@code uncertain} in its ack was sent
     * @param differences between presence at the end and the devices that are connected; empty if there are none
     * @param refusals queries that got an error
     * @param falsehoods queries that got an answer that cannot be true
     * @param exits servers that exited although the test did not stop them
     * @param misinformed devices that have a wrong status of a friend at the end
     */
    record Outcome(
            Fault fault,
            Verdict verdict,
            long faultMillis,
            long healedMillis,
            long cautiousMillis,
            String differences,
            int refusals,
            int falsehoods,
            List<String> exits,
            List<String> misinformed) {

        static final String HEAD = """
                | fault | for s | messages | sent | failed | uncertain | partial | slowest ack s | lost | missed | missed (sender informed) | phantom | twice | reordered | healed s | cautious s | presence | refused | false | misinformed |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |""";

        /** The outcome as a row of the table under {@link #HEAD}. */
        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %d | %d | %d | %d | %d | %.1f | %d | %d | %d | %d | %d | %d | %.1f | %.1f | %s | %d | %d | %d |",
                    fault.words(),
                    faultMillis / 1e3,
                    verdict.messages(),
                    verdict.sent(),
                    verdict.failed(),
                    verdict.uncertain(),
                    verdict.partial(),
                    verdict.slowestAckMillis() / 1e3,
                    verdict.lost(),
                    verdict.missed(),
                    verdict.missedAsTold(),
                    verdict.phantom(),
                    verdict.duplicated(),
                    verdict.reordered(),
                    healedMillis / 1e3,
                    cautiousMillis / 1e3,
                    differences.isEmpty() ? "right" : "WRONG",
                    refusals,
                    falsehoods,
                    misinformed.size());
        }
    }

    private final World world;

    Experiment(World world) {
        this.world = world;
    }

    Outcome run(Fault fault, Duration time) {
        Crowd crowd = world.crowd();
        crowd.spread();
        world.crowd().awaitWhole(MOST_TO_HEAL);
        crowd.befriend();
        crowd.devices().forEach(Device::forget);
        world.ledger().clear();
        world.stopped().clear();
        crowd.refusals();
        crowd.falsehoods();
        crowd.startSending();
        World.pass(BEFORE);
        long start = System.nanoTime();
        fault.strike(world, time);
        long end = System.nanoTime();
        long healed = world.crowd().awaitWhole(MOST_TO_HEAL);
        boolean repaired = fault.repair(world);
        long whole = repaired ? System.nanoTime() : end;
        world.crowd().awaitWhole(MOST_TO_HEAL);
        long cautious = awaitCertainty(whole);
        crowd.stopSending();
        Await.until("all acks", () -> world.ledger().open() == 0);
        String differences = awaitRightPresence();
        if (!fault.losesFriends()) {
            awaitWellInformed();
        }
        Verdict verdict = world.ledger().judge(crowd.devices(), world.stopped());
        return new Outcome(
                fault,
                verdict,
                TimeUnit.NANOSECONDS.toMillis(end - start),
                TimeUnit.NANOSECONDS.toMillis(healed - end),
                TimeUnit.NANOSECONDS.toMillis(cautious),
                differences,
                crowd.refusals(),
                crowd.falsehoods(),
                world.nodes().unexpectedExits(),
                crowd.misinformed());
    }

    /** Lets the crowd send until no ack has had {@code partial} or {@code uncertain} for a while. */
    private long awaitCertainty(long from) {
        World.pass(AFTER);
        try {
            Await.until("acks without partial and uncertain", MOST_CAUTIOUS, () -> {
                long last = world.ledger().lastCautious(from);
                return System.nanoTime() - last > AFTER.toNanos();
            });
        } catch (ConditionTimeoutException e) {
            // the outcome records it
        }
        return world.ledger().lastCautious(from) - from;
    }

    private void awaitWellInformed() {
        try {
            Await.until(
                    "devices to have the right status of friends",
                    MOST_TO_LEARN,
                    () -> world.crowd().misinformed().isEmpty());
        } catch (ConditionTimeoutException e) {
            // the outcome records it
        }
    }

    private String awaitRightPresence() {
        String[] differences = {"presence was never compared"};
        try {
            Await.until("presence to be right", () -> {
                differences[0] = world.differences();
                return differences[0].isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            // the outcome records it
        }
        return differences[0];
    }
}
