package io.scarfall.gateway.internal.link;

import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a link from one epoch of a node to one epoch of another. The bus between them may lose and repeat
 * messages. {@link InboundLink} is the receiving end. An outbound link sends numbered frames, and keeps each one until its
 * outcome is known. Thread-safe: all state is confined to a serial executor.
 *
 * <p>The link repeats a frame without an answer until it is too late to apply the frame. After that the receiver does not
 * apply it, and this link only asks for the outcome. If the answer does not come in time, or the receiver is no longer a
 * member, the outcome is unknown. If no transmission can have arrived, the frame counts as not applied.
 */
final class OutboundLink {

    /** The most unanswered frames, and the most bytes of their events. Beyond either the link refuses a frame. */
    static final int MAX_FRAMES = 16_384;

    static final long MAX_BYTES = 64L << 20;

    private static final long FIRST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long LONGEST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** The most frames that one call of {@link #tick} repeats, so that a backlog does not become a burst. */
    private static final int REPEATED_AT_ONCE = 256;

    private final long id;
    private final NodeId from;
    private final NodeId to;
    private final Lane lane;
    private final NodeBus bus;
    private final StoreClock clock;
    private final LongSupplier nanoTime;
    private final long createdNanos;
    private final SerialExecutor turns = new SerialExecutor();

    private final Map<Long, Pending> pending = new LinkedHashMap<>(); // in the order of their numbers
    private long lastNumber;
    private long sendableFrom = 1;
    private long pendingBytes;
    private boolean closed;
    private volatile int size;

    /** A frame without an answer. Confined to the serial executor. */
    private static final class Pending {

        private final long number;
        private final Body body;
        private final long applyBy;
        private final long untilNanos;
        private final CompletableFuture<Outcome> outcome;
        private long patienceNanos = FIRST_PATIENCE_NANOS;
        private long repeatNanos;

        /** The number of transmissions that may have arrived: all except those for which the bus reported no listener. */
        private int perhapsArrived;

        Pending(long number, Body body, long applyBy, long untilNanos, CompletableFuture<Outcome> outcome) {
            this.number = number;
            this.body = body;
            this.applyBy = applyBy;
            this.untilNanos = untilNanos;
            this.outcome = outcome;
        }
    }

    /** @param id unique among all links of all nodes */
    OutboundLink(long id, NodeId from, NodeId to, Lane lane, NodeBus bus, StoreClock clock, LongSupplier nanoTime) {
        this.id = id;
        this.from = from;
        this.to = to;
        this.lane = lane;
        this.bus = bus;
        this.clock = clock;
        this.nanoTime = nanoTime;
        createdNanos = nanoTime.getAsLong();
    }

    NodeId from() {
        return from;
    }

    NodeId to() {
        return to;
    }

    /** The age of this link. */
    long ageNanos() {
        return nanoTime.getAsLong() - createdNanos;
    }

    /** The number of frames without an answer. */
    int size() {
        return size;
    }

    /**
     * Sends a frame. The receiver applies the frames of one thread in the order in which that thread sent them. The stage
     * never fails.
     *
     * @param sinceNanos the moment from which the frame's time runs; a frame whose time is over is not sent
     */
    CompletionStage<Outcome> send(Body body, long sinceNanos) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        turns.execute(() -> {
            int bytes = body.length();
            long now = nanoTime.getAsLong();
            long leftMillis = lane.applyMillis() - TimeUnit.NANOSECONDS.toMillis(now - sinceNanos);
            if (closed || leftMillis < 0 || pending.size() >= MAX_FRAMES || pendingBytes + bytes > MAX_BYTES) {
                outcome.complete(Outcome.NOT_APPLIED);
                return;
            }
            Pending frame =
                    new Pending(++lastNumber, body, clock.millis() + leftMillis, now + lane.answerNanos(), outcome);
            pending.put(frame.number, frame);
            pendingBytes += bytes;
            size = pending.size();
            transmit(frame);
        });
        return outcome;
    }

    /** Receives the outcome of a frame. */
    void answered(long number, @Nullable BitSet bits) {
        turns.execute(() -> {
            Pending frame = pending.get(number);
            if (frame != null) {
                complete(frame, bits == null ? Outcome.NOT_APPLIED : new Outcome(bits));
            }
        });
    }

    /** Repeats frames that the receiver misses. */
    void missing(long first, long last) {
        turns.execute(() -> {
            int repeated = 0;
            for (long number = Math.max(first, sendableFrom());
                    number <= Math.min(last, lastNumber) && repeated < REPEATED_AT_ONCE;
                    number++) {
                Pending frame = pending.get(number);
                if (frame != null) {
                    transmit(frame);
                    repeated++;
                }
            }
            if (first < sendableFrom()) { // tells the receiver that some frames will never come
                bus.send(to, EnvelopeCodec.encode(frame(lastNumber, clock.millis() + lane.applyMillis(), null)));
            }
        });
    }

    /** Repeats frames without an answer, and gives up those that are too late. Call it several times a second. */
    void tick() {
        if (size == 0) {
            return;
        }
        turns.execute(() -> {
            long now = nanoTime.getAsLong();
            int repeated = 0;
            for (Pending frame : List.copyOf(pending.values())) {
                boolean late = isLate(frame);
                if (now - frame.untilNanos >= 0 || (late && frame.perhapsArrived == 0)) {
                    giveUp(frame);
                } else if (now - frame.repeatNanos >= 0 && repeated++ < REPEATED_AT_ONCE) {
                    frame.patienceNanos = Math.min(2 * frame.patienceNanos, LONGEST_PATIENCE_NANOS);
                    if (late) {
                        ask(frame);
                    } else {
                        transmit(frame);
                    }
                }
            }
        });
    }

    /** Gives up all frames: the receiver is no longer a member, and will not answer. */
    void close() {
        turns.execute(() -> {
            closed = true;
            List.copyOf(pending.values()).forEach(this::giveUp);
        });
    }

    // The methods below run on the serial executor.

    private void transmit(Pending frame) {
        frame.repeatNanos = nanoTime.getAsLong() + frame.patienceNanos;
        frame.perhapsArrived++;
        bus.send(to, EnvelopeCodec.encode(frame(frame.number, frame.applyBy, frame.body)))
                .whenComplete((taken, error) -> {
                    if (error == null && !taken) {
                        turns.execute(() -> frame.perhapsArrived--);
                    }
                });
    }

    private void ask(Pending frame) {
        frame.repeatNanos = nanoTime.getAsLong() + frame.patienceNanos;
        bus.send(to, EnvelopeCodec.encode(frame(frame.number, frame.applyBy, null)));
    }

    private Frame frame(long number, long applyBy, @Nullable Body body) {
        Iterator<Long> numbers = pending.keySet().iterator();
        long settledBelow = numbers.hasNext() ? numbers.next() : lastNumber + 1;
        return new Frame(id, from, number, settledBelow, sendableFrom(), applyBy, body);
    }

    private long sendableFrom() {
        while (sendableFrom <= lastNumber) {
            Pending frame = pending.get(sendableFrom);
            if (frame != null && !isLate(frame)) {
                break;
            }
            sendableFrom++;
        }
        return sendableFrom;
    }

    private boolean isLate(Pending frame) {
        return clock.millis() > frame.applyBy;
    }

    private void giveUp(Pending frame) {
        complete(frame, frame.perhapsArrived == 0 ? Outcome.NOT_APPLIED : Outcome.UNKNOWN);
    }

    private void complete(Pending frame, Outcome outcome) {
        pending.remove(frame.number);
        pendingBytes -= frame.body.length();
        size = pending.size();
        frame.outcome.complete(outcome);
    }
}
