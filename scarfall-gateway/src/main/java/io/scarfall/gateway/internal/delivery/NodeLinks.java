package io.scarfall.gateway.internal.delivery;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.internal.delivery.Envelope.Answer;
import io.scarfall.gateway.internal.delivery.Envelope.Body;
import io.scarfall.gateway.internal.delivery.Envelope.Deliver;
import io.scarfall.gateway.internal.delivery.Envelope.Displace;
import io.scarfall.gateway.internal.delivery.Envelope.Frame;
import io.scarfall.gateway.internal.delivery.Envelope.Missing;
import io.scarfall.gateway.internal.delivery.Envelope.Notice;
import io.scarfall.gateway.internal.delivery.Envelope.Revoke;
import io.scarfall.gateway.internal.delivery.OutboundLink.Lane;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events to other nodes in their order, once, and not too late, over a bus that promises none of that; and tells
 * what became of them. Thread-safe.
 *
 * <p>To each life of another node there are up to three links: one for messages, whose senders wait for the outcome; one for
 * notices of users' status, which may come later, as a newer one replaces an older one; and one for orders to end sessions,
 * which no message holds up. Each has an {@link OutboundLink} at its sender and an {@link InboundLink} at its receiver.
 */
public final class NodeLinks {

    private static final Logger log = LoggerFactory.getLogger(NodeLinks.class);

    /** How long a notice may be on its way: within what {@link NoticeVersions} remembers. */
    private static final Lane NOTICES = new Lane(TimeUnit.SECONDS.toMillis(30), TimeUnit.SECONDS.toNanos(30));

    /** How long an order may be on its way: whoever gave it waits, and what is lost is found at the next beat. */
    private static final Lane ORDERS = new Lane(TimeUnit.SECONDS.toMillis(2), TimeUnit.SECONDS.toNanos(3));

    private static final long BETWEEN_LOGS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A node may have joined after the list was made that does not have it. */
    private static final long JUST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The ids of links that carry the same and begin at one process differ only in so many bits, in which later ones are higher. */
    private static final int COUNTER_BITS = 24;

    private final NodeBus bus;
    private final ThisNode self;
    private final StoreClock clock;
    private final LongSupplier nanoTime;
    private final Lane messages;
    private final AtomicLong messageIds = newIds();
    private final AtomicLong noticeIds = newIds();
    private final AtomicLong orderIds = newIds();
    private final ConcurrentMap<Route, OutboundLink> outbound = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, OutboundLink> outboundById = new ConcurrentHashMap<>();
    private final InboundLinks inbound;
    private volatile Set<NodeId> members = Set.of();

    /** When something was last logged that another node did not send. */
    private final AtomicLong loggedNanos;

    /** What a link carries. */
    private enum Kind {
        MESSAGES,
        NOTICES,
        ORDERS
    }

    private record Route(NodeId from, NodeId to, Kind kind) {}

    /**
     * What became of a frame.
     *
     * @param sent the recipients who got it, by their place in the frame; null if nobody knows
     */
    record Outcome(@Nullable BitSet sent) {

        /** The other node has not applied the frame: it did not get it, or not in time. */
        static final Outcome NOBODY = new Outcome(new BitSet(0));

        static final Outcome UNKNOWN = new Outcome(null);

        /** Whether the other node has applied the frame, so that it says itself of whom it has no socket. */
        @SuppressWarnings("ReferenceEquality") // an answer may name nobody too
        boolean isApplied() {
            return this != NOBODY && sent != null;
        }
    }

    /** {@link #tick} must be called some times a second. */
    public NodeLinks(NodeBus bus, ThisNode self, StoreClock clock, LongSupplier nanoTime, DeliveryConfig config) {
        this.bus = bus;
        this.self = self;
        this.clock = clock;
        this.nanoTime = nanoTime;
        inbound = new InboundLinks(clock);
        loggedNanos = new AtomicLong(nanoTime.getAsLong() - BETWEEN_LOGS_NANOS);
        messages = new Lane(
                config.applyTimeout().toMillis(), config.answerTimeout().toNanos());
    }

    private static AtomicLong newIds() {
        return new AtomicLong(new SecureRandom().nextLong() << COUNTER_BITS);
    }

    static long sourceOf(long link) {
        return link >> COUNTER_BITS;
    }

    /** Whether an id is one of this node, under whatever epoch. */
    public boolean isSelf(NodeId node) {
        return self.is(node);
    }

    /** Whether this node is a member of the cluster; while not, it is not known who else is. */
    boolean isMember() {
        return self.isMember();
    }

    /** Whether other nodes may have sessions that the store does not know. */
    boolean isDoubtful() {
        return self.storeDoubt().isDoubtful();
    }

    /** The store may have lost data: the next beat tells, and is due at once. */
    void suspectStore() {
        self.storeDoubt().suspect();
        self.doubt();
    }

    /** The nodes that lived at the last beat, this one included. */
    Set<NodeId> members() {
        return members;
    }

    /** The store said that nobody is here who has a socket here. */
    void doubt() {
        self.doubt();
    }

    /** The largest envelope. */
    int maxBytes() {
        return bus.maxMessageBytes();
    }

    /** How many frames have no answer. */
    public int unanswered() {
        return outbound.values().stream().mapToInt(OutboundLink::size).sum();
    }

    /** On how many links something comes. */
    int inboundLinks() {
        return inbound.size();
    }

    /** Has a node deliver an event; the stage never fails, and completes on any thread. */
    CompletionStage<Outcome> deliver(NodeId to, UserEvent event, List<Recipient> recipients) {
        return send(to, new Deliver(event, recipients), Kind.MESSAGES);
    }

    /** Has a node tell users of somebody's status. */
    void tell(NodeId to, Notice notice) {
        var unused = send(to, notice, Kind.NOTICES);
    }

    /**
     * Has a node end what was revoked; the stage never fails, and completes on any thread.
     *
     * @return how many sessions it ended; empty if it did not say within seconds
     */
    public CompletionStage<OptionalInt> revoke(NodeId to, Revocation revocation) {
        return send(to, new Revoke(revocation), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    /**
     * Has a node end a session that lost its place; the stage never fails, and completes on any thread.
     *
     * @return how many sessions it ended; empty if it did not say within seconds
     */
    public CompletionStage<OptionalInt> displace(NodeId to, Target session) {
        return send(to, new Displace(session), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    private static OptionalInt ended(Outcome outcome) {
        BitSet answer = outcome.sent();
        return answer == null || !answer.get(0) ? OptionalInt.empty() : OptionalInt.of(answer.cardinality() - 1);
    }

    private CompletionStage<Outcome> send(NodeId to, Body body, Kind kind) {
        NodeId from = self.id();
        if (from == null) {
            return CompletableFuture.completedFuture(Outcome.NOBODY);
        }
        return outbound.computeIfAbsent(new Route(from, to, kind), this::open).send(body);
    }

    private OutboundLink open(Route route) {
        Lane lane = switch (route.kind()) {
            case MESSAGES -> messages;
            case NOTICES -> NOTICES;
            case ORDERS -> ORDERS;
        };
        AtomicLong ids = switch (route.kind()) {
            case MESSAGES -> messageIds;
            case NOTICES -> noticeIds;
            case ORDERS -> orderIds;
        };
        long id = ids.incrementAndGet();
        OutboundLink link = new OutboundLink(id, route.from(), route.to(), lane, bus, clock, nanoTime);
        outboundById.put(id, link);
        return link;
    }

    /**
     * Takes a message of another node.
     *
     * @param receiver see {@link InboundLink}
     * @return whether it is one: false if it is not understood, or there is no room for what seems to send it
     */
    boolean received(byte[] message, Function<Body, CompletionStage<BitSet>> receiver) {
        Envelope envelope;
        try {
            envelope = EnvelopeCodec.decode(message);
        } catch (MalformedPacketException e) {
            refuse(message.length, e.getMessage());
            return false;
        }
        if (envelope instanceof Frame frame) {
            InboundLink link = inbound.of(
                    frame, (first, source) -> new InboundLink(first, source, bus, clock, nanoTime, receiver));
            if (link == null) {
                refuse(message.length, "too many links");
                return false;
            }
            link.receive(frame);
        } else {
            OutboundLink link = outboundById.get(envelope.link());
            if (link != null && envelope instanceof Answer answer) {
                link.answered(answer.number(), answer.sent());
            } else if (link != null && envelope instanceof Missing missing) {
                link.missing(missing.first(), missing.last());
            }
        }
        return true;
    }

    /** Logs one in a while: another program may send any number of them. */
    private void refuse(int bytes, @Nullable String why) {
        long now = nanoTime.getAsLong();
        long before = loggedNanos.get();
        if (now - before >= BETWEEN_LOGS_NANOS && loggedNanos.compareAndSet(before, now)) {
            log.warn("message on the node bus refused bytes={} error={} action=dropped", bytes, LogText.of(why));
        }
    }

    /** Takes over who is a member, and gives up on nodes that live no more: they will answer nothing. */
    public void retain(Set<NodeId> live) {
        members = Set.copyOf(live);
        inbound.members(live);
        outbound.forEach((route, link) -> {
            boolean isOver = !live.contains(route.to()) && link.ageNanos() > JUST_NANOS;
            boolean isOld = !route.from().equals(self.id()) && link.size() == 0;
            if ((isOver || isOld) && outbound.remove(route, link)) {
                outboundById.values().remove(link);
                link.close();
            }
        });
    }

    /** Sends again, gives up what is too late, and forgets links on which nothing came for long. */
    public void tick() {
        outbound.values().forEach(OutboundLink::tick);
        inbound.tick();
    }
}
