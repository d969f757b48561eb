package io.scarfall.gateway.internal.link;

import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.internal.link.Envelope.Answer;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.link.Envelope.Displace;
import io.scarfall.gateway.internal.link.Envelope.Missing;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.link.Envelope.Revoke;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The sending half of the links between nodes. Carries messages, notices and orders to other nodes in order, at most
 * once, and not too late, over a bus that guarantees none of this. Reports the outcome of each. Thread-safe.
 *
 * <p>Up to three links lead to each epoch of another node:
 *
 * <ul>
 *   <li>One carries messages, whose senders wait for the outcome.
 *   <li>One carries notices of users' status. They may arrive later, because a newer notice replaces an older one.
 *   <li>One carries orders to end sessions. Messages do not hold them up.
 * </ul>
 *
 * <p>Each link has an {@link OutboundLink} at its sender and an {@link InboundLink} at its receiver, see {@link
 * LinkReceiver}.
 */
public final class NodeLinks {

    /**
     * The time limit for a notice on its way. It is shorter than the time for which receivers remember the notices that
     * they passed on.
     */
    private static final Lane NOTICES = new Lane(TimeUnit.SECONDS.toMillis(30), TimeUnit.SECONDS.toNanos(30));

    /** The time limit for an order on its way. Its sender waits; a node that misses the order finds it at its next beat. */
    private static final Lane ORDERS = new Lane(TimeUnit.SECONDS.toMillis(2), TimeUnit.SECONDS.toNanos(3));

    /** A node that has joined within this time may be missing from the newest list of members. */
    private static final long JUST_JOINED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeBus bus;
    private final ThisNode self;
    private final StoreClock clock;
    private final LongSupplier nanoTime;
    private final Lane messages;
    private final LinkIds messageIds = new LinkIds();
    private final LinkIds noticeIds = new LinkIds();
    private final LinkIds orderIds = new LinkIds();
    private final ConcurrentMap<Route, OutboundLink> outbound = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, OutboundLink> outboundById = new ConcurrentHashMap<>();
    private volatile Set<NodeId> members = Set.of();

    /** What a link carries. */
    private enum Kind {
        MESSAGES,
        NOTICES,
        ORDERS
    }

    private record Route(NodeId from, NodeId to, Kind kind) {}

    /**
     * The caller must call {@link #tick} several times a second.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public NodeLinks(NodeBus bus, ThisNode self, StoreClock clock, LongSupplier nanoTime, DeliveryConfig config) {
        this.bus = bus;
        this.self = self;
        this.clock = clock;
        this.nanoTime = nanoTime;
        messages = new Lane(
                config.applyTimeout().toMillis(), config.answerTimeout().toNanos());
    }

    /** The nodes that were live at the last beat, including this one. */
    public Set<NodeId> members() {
        return members;
    }

    /** The number of bytes that the recipients of an event may take in one envelope; see {@link #recipientBytes}. */
    public int recipientRoom(UserEvent event) {
        return bus.maxMessageBytes() - EnvelopeCodec.overhead(event);
    }

    /** The number of bytes that a recipient takes in an envelope. */
    public static int recipientBytes(Recipient recipient) {
        return EnvelopeCodec.length(recipient);
    }

    /** The number of frames without an answer. */
    public int unanswered() {
        return outbound.values().stream().mapToInt(OutboundLink::size).sum();
    }

    /** The current moment, for {@link #deliver}. */
    public long moment() {
        return nanoTime.getAsLong();
    }

    /**
     * Asks a node to deliver an event. The stage never fails, and completes on any thread.
     *
     * @param since the {@link #moment} at which this node took the event: from then on its time runs
     */
    public CompletionStage<Outcome> deliver(NodeId to, UserEvent event, List<Recipient> recipients, long since) {
        return send(to, new Deliver(event, recipients), Kind.MESSAGES, since);
    }

    /** Asks a node to pass on a notice of a user's status. */
    public void tell(NodeId to, Notice notice) {
        var unused = send(to, notice, Kind.NOTICES);
    }

    /**
     * Asks a node to end the sessions that a revocation covers. The stage never fails, and completes on any thread.
     *
     * @return the number of sessions that the node ended; empty if it did not answer within seconds
     */
    public CompletionStage<OptionalInt> revoke(NodeId to, Revocation revocation) {
        return send(to, new Revoke(revocation), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    /**
     * Asks a node to end a session that has lost its place. The stage never fails, and completes on any thread.
     *
     * @return the number of sessions that the node ended; empty if it did not answer within seconds
     */
    public CompletionStage<OptionalInt> displace(NodeId to, Target session) {
        return send(to, new Displace(session), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    private static OptionalInt ended(Outcome outcome) {
        return outcome.answer() == null ? OptionalInt.empty() : Envelope.endedCount(outcome.answer());
    }

    private CompletionStage<Outcome> send(NodeId to, Body body, Kind kind) {
        return send(to, body, kind, moment());
    }

    private CompletionStage<Outcome> send(NodeId to, Body body, Kind kind, long since) {
        NodeId from = self.id();
        if (from == null) {
            return CompletableFuture.completedFuture(Outcome.NOT_APPLIED);
        }
        return outbound.computeIfAbsent(new Route(from, to, kind), this::open).send(body, since);
    }

    private OutboundLink open(Route route) {
        Lane lane = switch (route.kind()) {
            case MESSAGES -> messages;
            case NOTICES -> NOTICES;
            case ORDERS -> ORDERS;
        };
        LinkIds ids = switch (route.kind()) {
            case MESSAGES -> messageIds;
            case NOTICES -> noticeIds;
            case ORDERS -> orderIds;
        };
        long id = ids.next();
        OutboundLink link = new OutboundLink(id, route.from(), route.to(), lane, bus, clock, nanoTime);
        outboundById.put(id, link);
        return link;
    }

    /** Receives the outcome of a frame from another node. */
    void answered(Answer answer) {
        OutboundLink link = outboundById.get(answer.link());
        if (link != null) {
            link.answered(answer.number(), answer.bits());
        }
    }

    /** Receives a request of another node to repeat frames. */
    void missing(Missing missing) {
        OutboundLink link = outboundById.get(missing.link());
        if (link != null) {
            link.missing(missing.first(), missing.last());
        }
    }

    /** Updates the set of members, and gives up the frames to all other nodes: these will not answer. */
    public void updateMembers(Set<NodeId> live) {
        members = Set.copyOf(live);
        outbound.forEach((route, link) -> {
            boolean isOver = !live.contains(route.to()) && link.ageNanos() > JUST_JOINED_NANOS;
            boolean isOld = !route.from().equals(self.id()) && link.size() == 0;
            if ((isOver || isOld) && outbound.remove(route, link)) {
                outboundById.values().remove(link);
                link.close();
            }
        });
    }

    /** Repeats frames that have no answer, and gives up those that are too late. */
    public void tick() {
        outbound.values().forEach(OutboundLink::tick);
    }
}
