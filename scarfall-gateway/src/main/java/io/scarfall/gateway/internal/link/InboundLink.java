package io.scarfall.gateway.internal.link;

import io.scarfall.gateway.internal.link.Envelope.Answer;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.link.Envelope.Missing;
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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving end of a link from one epoch of another node. {@link OutboundLink} is the sending end. An inbound link
 * applies each frame once, in the order of the numbers, and never after the frame's time. It repeats the outcome of a
 * frame as often as the sender asks.
 *
 * <p>Thread-safe: frames are handled one at a time, and only on the threads that deliver them. The thread that completes
 * an earlier frame, such as an event loop, must not apply the next frames: they would overtake tasks that wait for that
 * loop.
 *
 * <p>A link waits for a missing frame until the sender says that it will not come. Meanwhile the link keeps later frames,
 * within bounds. It drops frames beyond them, and the sender sends these again.
 *
 * <p>When either node takes a new epoch, the sender continues on a new link. From the first frame of the new link on, the
 * old link applies no frame: it would be out of order.
 */
final class InboundLink {

    private static final Logger log = LoggerFactory.getLogger(InboundLink.class);

    private static final int MAX_EARLY_FRAMES = 4_096;
    private static final long MAX_EARLY_BYTES = 32L << 20;
    private static final long BETWEEN_QUESTIONS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long id;
    private final NodeId from;
    private final NodeBus bus;
    private final StoreClock clock;
    private final LongSupplier nanoTime;
    private final BodyHandler handler;
    private final Source source;

    /** The next frame to apply. Lower numbers were applied, or never will be: those without an answer were not. */
    private long next;

    private final TreeMap<Long, Early> early = new TreeMap<>();
    private long earlyBytes;
    private long askedNanos;

    /** The numbers of frames whose outcome is not known yet. Thread-safe. */
    private final Set<Long> applying = ConcurrentHashMap.newKeySet();

    private final ConcurrentNavigableMap<Long, BitSet> answers = new ConcurrentSkipListMap<>();
    private volatile long heardNanos;
    private volatile boolean applied;

    /** One sender of one kind of frames. Its links run one at a time, and only the newest one applies frames. */
    static final class Source {

        private final SerialExecutor turns = new SerialExecutor();
        private long newest = Long.MIN_VALUE; // confined to the serial executor
    }

    /** A frame that arrived before an earlier one. */
    private record Early(Frame frame, Body body) {}

    /**
     * @param first the first frame that arrived
     * @param source shared by all links on which this sender sends frames of the same kind; a later link has a higher id
     * @param handler called in the order of the frames
     */
    InboundLink(Frame first, Source source, NodeBus bus, StoreClock clock, LongSupplier nanoTime, BodyHandler handler) {
        this.id = first.link();
        this.from = first.from();
        this.source = source;
        this.bus = bus;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.handler = handler;
        next = first.sendableFrom();
        heardNanos = nanoTime.getAsLong();
        askedNanos = heardNanos - BETWEEN_QUESTIONS_NANOS;
    }

    long id() {
        return id;
    }

    /** The node that sends on this link. */
    NodeId from() {
        return from;
    }

    /** Whether this link has applied a frame. */
    boolean hasApplied() {
        return applied;
    }

    /** The time since the last frame arrived. */
    long silentNanos() {
        return nanoTime.getAsLong() - heardNanos;
    }

    /** Receives a frame. */
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

    // The methods below run on the serial executor.

    /** Answers a question about a frame that never arrived: if its time is over, this link will never apply it. */
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
            applied = handler.handle(body);
        } catch (RuntimeException e) { // some recipients may have the event, so any answer could be wrong
            log.error("frame of another node failed, sending no answer from={} number={}", from, frame.number(), e);
            return;
        }
        applied.whenComplete((bits, error) -> {
            if (error != null) {
                log.error(
                        "frame of another node failed, sending no answer from={} number={}",
                        from,
                        frame.number(),
                        error);
            } else {
                answers.put(frame.number(), bits);
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
        if (now - askedNanos >= BETWEEN_QUESTIONS_NANOS) {
            askedNanos = now;
            long firstEarly = early.isEmpty() ? frame.number() : early.firstKey();
            bus.send(from, EnvelopeCodec.encode(new Missing(id, next, firstEarly - 1)));
        }
    }

    /** Sends the outcome of a frame, unless it is not known yet. */
    private void answer(long number) {
        if (!applying.contains(number)) {
            bus.send(from, EnvelopeCodec.encode(new Answer(id, number, answers.get(number))));
        }
    }
}
