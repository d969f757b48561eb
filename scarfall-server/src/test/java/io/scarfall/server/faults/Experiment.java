package io.scarfall.server.faults;

import io.scarfall.presence.testing.Await;
import io.scarfall.server.faults.Ledger.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** Breaks something while the crowd sends, measures how long it takes until all is well again, and judges what came where. */
final class Experiment {

    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration MOST_CAUTIOUS = Duration.ofSeconds(15);
    private static final Duration MOST_TO_HEAL = Duration.ofSeconds(60);
    private static final Duration MOST_TO_LEARN = Duration.ofSeconds(10);

    /**
     * What was seen.
     *
     * @param faultMillis how long it was broken
     * @param healedMillis after its end, until users of each node reach those of each other, and every node says rightly who is
     *     online
     * @param cautiousMillis after its end, or after what was broken is there again: until the last message was sent of which was
     *     told that some may have missed it
     * @param differences between presence at the end and who is connected; empty if there are none
     * @param refusals questions who is online that were answered by an error
     * @param falsehoods those that were answered by what was not true
     * @param exits servers that ended, though nobody ended them
     * @param misinformed devices that believe of a friend at the end what is not so
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

        /** As a row of a table. */
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

    /** Lets the crowd send on, until for a while no sender was told that some may have missed a message. */
    private long awaitCertainty(long from) {
        World.pass(AFTER);
        try {
            Await.until("senders to be told for certain", MOST_CAUTIOUS, () -> {
                long last = world.ledger().lastCautious(from);
                return System.nanoTime() - last > AFTER.toNanos();
            });
        } catch (ConditionTimeoutException e) {
            // that is the outcome
        }
        return world.ledger().lastCautious(from) - from;
    }

    private void awaitWellInformed() {
        try {
            Await.until(
                    "friends to know",
                    MOST_TO_LEARN,
                    () -> world.crowd().misinformed().isEmpty());
        } catch (ConditionTimeoutException e) {
            // that is the outcome
        }
    }

    private String awaitRightPresence() {
        String[] differences = {"never asked"};
        try {
            Await.until("presence to be right", () -> {
                differences[0] = world.differences();
                return differences[0].isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            // that is the outcome
        }
        return differences[0];
    }
}
