package io.scarfall.gateway.internal.link;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.link.Envelope.Answer;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.link.Envelope.Missing;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving half of the links between nodes. Reads the messages of the bus, passes each frame to its {@link
 * InboundLink}, and each answer to the {@link NodeLinks} that wait for it. Thread-safe.
 */
public final class LinkReceiver {

    private static final Logger log = LoggerFactory.getLogger(LinkReceiver.class);

    private static final long BETWEEN_LOGS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final NodeLinks links;
    private final InboundLinks inbound;
    private final LongSupplier nanoTime;
    private final Metrics.Counter refusedMessages;

    /** When a refused message was last logged. */
    private final AtomicLong loggedNanos;

    /**
     * The caller must call {@link #tick} several times a second.
     *
     * @param links the sending half, which waits for answers
     * @param nanoTime as {@link System#nanoTime}
     * @param handler carries out the frames that arrive
     */
    public LinkReceiver(
            NodeBus bus,
            NodeLinks links,
            StoreClock clock,
            LongSupplier nanoTime,
            BodyHandler handler,
            Metrics metrics) {
        this.links = links;
        this.nanoTime = nanoTime;
        inbound = new InboundLinks(
                clock, (first, source) -> new InboundLink(first, source, bus, clock, nanoTime, handler));
        refusedMessages = metrics.counter("scarfall.bus.refused");
        loggedNanos = new AtomicLong(nanoTime.getAsLong() - BETWEEN_LOGS_NANOS);
    }

    /** Receives a message of the bus. Call it in the order in which messages arrive. */
    public void receive(byte[] message) {
        Envelope envelope;
        try {
            envelope = EnvelopeCodec.decode(message);
        } catch (MalformedPacketException e) {
            refuse(message.length, e.getMessage());
            return;
        }
        if (envelope instanceof Frame frame) {
            InboundLink link = inbound.of(frame);
            if (link == null) {
                refuse(message.length, "too many links");
            } else {
                link.receive(frame);
            }
        } else if (envelope instanceof Answer answer) {
            links.answered(answer);
        } else if (envelope instanceof Missing missing) {
            links.missing(missing);
        } else {
            throw new AssertionError(envelope);
        }
    }

    /** Counts each refused message, but logs only one now and then: another program may send any number of them. */
    private void refuse(int bytes, @Nullable String why) {
        refusedMessages.increment();
        long now = nanoTime.getAsLong();
        long before = loggedNanos.get();
        if (now - before >= BETWEEN_LOGS_NANOS && loggedNanos.compareAndSet(before, now)) {
            log.warn("message on the node bus refused bytes={} error={} action=dropped", bytes, LogText.of(why));
        }
    }

    /** Updates the set of members to that of the newest beat. Their links have a bound of their own. */
    public void updateMembers(Set<NodeId> live) {
        inbound.updateMembers(live);
    }

    /** Forgets links that have been silent for long. */
    public void tick() {
        inbound.tick();
    }

    /** The number of links on which this node receives. */
    int size() {
        return inbound.size();
    }
}
