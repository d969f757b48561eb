package io.scarfall.gateway.internal.delivery;

import io.scarfall.gateway.internal.delivery.Envelope.Answer;
import io.scarfall.gateway.internal.delivery.Envelope.Body;
import io.scarfall.gateway.internal.delivery.Envelope.Frame;
import io.scarfall.gateway.internal.delivery.Envelope.Missing;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one life of a node receives over a link: applies every frame in the order of the numbers, once, and not after its
 * time; and answers what became of it, as often as it is asked. {@link OutboundLink} is the other end. Thread-safe: frames
 * are worked on one at a time, and only on the threads that bring them. (Were they applied on whichever thread tells that
 * an earlier one is done, such as an event loop, they would overtake what waits for that loop.)
 *
 * <p>A frame that is missing is waited for until the sender says that it will not come. What came behind it is kept
 * meanwhile, within bounds; what is beyond them is dropped, and comes again.
 *
 * <p>When either node takes a new epoch, its sender goes on over another link. From the first frame of that on, nothing that
 * still comes over this one is applied: it would be behind its time.
 */
final class InboundLink {

    private static final Logger log = LoggerFactory.getLogger(InboundLink.class);

    private static final int MAX_EARLY_FRAMES = 4_096;
    private static final long MAX_EARLY_BYTES = 32L << 20;
    private static final long BETWEEN_CALLS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long id;
    private final NodeId from;
    private final NodeBus bus;
    private final StoreClock clock;
    private final LongSupplier nanoTime;
    private final Function<Body, CompletionStage<BitSet>> receiver;
    private final Source source;

    /** All lower numbers were applied or never will be: those without an answer were not applied. */
    private long next;

    private final TreeMap<Long, Early> early = new TreeMap<>();
    private long earlyBytes;
    private long calledNanos;

    /** Frames that are being applied, and the answers to those that were. Thread-safe. */
    private final Set<Long> applying = ConcurrentHashMap.newKeySet();

    private final ConcurrentNavigableMap<Long, BitSet> answers = new ConcurrentSkipListMap<>();
    private volatile long heardNanos;
    private volatile boolean applied;

    /** One sender of frames of one kind: its links, of which the newest one counts, take turns with each other. */
    static final class Source {

        private final SerialExecutor turns = new SerialExecutor();
        private long newest = Long.MIN_VALUE; // in turns
    }

    /** A frame that came before its turn. */
    private record Early(Frame frame, Body body) {}

    /**
     * @param first the first frame that came
     * @param source the same for all links of the sender, in whose ids a later one has a higher number
     * @param receiver applies a body, and tells the recipients of whom a live socket took the event; called in the order of
     *     the frames
     */
    InboundLink(
            Frame first,
            Source source,
            NodeBus bus,
            StoreClock clock,
            LongSupplier nanoTime,
            Function<Body, CompletionStage<BitSet>> receiver) {
        this.id = first.link();
        this.from = first.from();
        this.source = source;
        this.bus = bus;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.receiver = receiver;
        next = first.sendableFrom();
        heardNanos = nanoTime.getAsLong();
        calledNanos = heardNanos - BETWEEN_CALLS_NANOS;
    }

    long id() {
        return id;
    }

    /** Who sends on it. */
    NodeId from() {
        return from;
    }

    /** Whether something was applied that came on it. */
    boolean hasApplied() {
        return applied;
    }

    /** How long ago the last frame came. */
    long silentNanos() {
        return nanoTime.getAsLong() - heardNanos;
    }

    /** Takes a frame. */
    void receive(Frame frame) {
        heardNanos = nanoTime.getAsLong();
        source.turns.execute(() -> {
            answers.headMap(frame.settledBelow()).clear();
            source.newest = Math.max(source.newest, id);
            if (source.newest != id) {
                retire();
            }
            if (frame.sendableFrom() > next) {
                skipTo(frame.sendableFrom());
            }
            if (frame.number() < next) {
                answer(frame.number());
            } else if (frame.body() == null) {
                tellIfTooLate(frame);
            } else if (frame.number() == next) {
                apply(frame, frame.body());
                applyEarly();
            } else {
                keep(frame, frame.body());
            }
        });
    }

    // What follows runs in turns.

    /** The sender asks about a frame that never came: once its time is over, it will not be applied, whatever comes. */
    private void tellIfTooLate(Frame question) {
        if (clock.millis() > question.applyBy()) {
            skipTo(question.number() + 1);
            answer(question.number());
        }
    }

    private void retire() {
        next = Long.MAX_VALUE;
        early.clear();
        earlyBytes = 0;
    }

    private void skipTo(long number) {
        next = number;
        while (!early.isEmpty() && early.firstKey() < next) {
            takeEarly();
        }
        applyEarly();
    }

    private void applyEarly() {
        while (!early.isEmpty() && early.firstKey() == next) {
            Early first = takeEarly();
            apply(first.frame(), first.body());
        }
    }

    private Early takeEarly() {
        Early first = early.pollFirstEntry().getValue();
        earlyBytes -= first.body().length();
        return first;
    }

    private void apply(Frame frame, Body body) {
        next = frame.number() + 1;
        if (clock.millis() > frame.applyBy()) {
            answer(frame.number());
            return;
        }
        applied = true;
        applying.add(frame.number());
        CompletionStage<BitSet> applied;
        try {
            applied = receiver.apply(body);
        } catch (RuntimeException e) { // some may have got it: there is no true answer, so there is none
            log.error("frame failed from={} number={}", from, frame.number(), e);
            return;
        }
        applied.whenComplete((sent, error) -> {
            if (error != null) {
                log.error("frame failed from={} number={}", from, frame.number(), error);
            } else {
                answers.put(frame.number(), sent);
                applying.remove(frame.number());
                answer(frame.number());
            }
        });
    }

    private void keep(Frame frame, Body body) {
        int bytes = body.length();
        if (early.size() < MAX_EARLY_FRAMES
                && earlyBytes + bytes <= MAX_EARLY_BYTES
                && early.putIfAbsent(frame.number(), new Early(frame, body)) == null) {
            earlyBytes += bytes;
        }
        long now = nanoTime.getAsLong();
        if (now - calledNanos >= BETWEEN_CALLS_NANOS) {
            calledNanos = now;
            long behind = early.isEmpty() ? frame.number() : early.firstKey();
            bus.send(from, EnvelopeCodec.encode(new Missing(id, next, behind - 1)));
        }
    }

    /** Tells what became of a frame, unless that is not known yet. */
    private void answer(long number) {
        if (!applying.contains(number)) {
            bus.send(from, EnvelopeCodec.encode(new Answer(id, number, answers.get(number))));
        }
    }
}
