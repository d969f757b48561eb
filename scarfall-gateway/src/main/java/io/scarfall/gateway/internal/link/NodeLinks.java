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
 * The sending half of the links between nodes: carries messages, notices and orders to other nodes in their order, once, and
 * not too late, over a bus that promises none of that, and learns what became of them. Thread-safe.
 *
 * <p>To each epoch of another node there are up to three links: one for messages, whose senders wait for the outcome; one for
 * notices of users' status, which may come later, as a newer one replaces an older one; and one for orders to end sessions,
 * which no message holds up. Each has an {@link OutboundLink} at its sender and an {@link InboundLink} at its receiver, see
 * {@link LinkReceiver}.
 */
public final class NodeLinks {

    /** How long a notice may be on its way: shorter than a receiver remembers which notices it passed on. */
    private static final Lane NOTICES = new Lane(TimeUnit.SECONDS.toMillis(30), TimeUnit.SECONDS.toNanos(30));

    /** How long an order may be on its way: its sender waits, and a node that misses it finds it at its next beat. */
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
     * {@link #tick} must be called some times a second.
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

    /** The nodes that lived at the last beat, this one included. */
    public Set<NodeId> members() {
        return members;
    }

    /** How many bytes of recipients fit into an envelope beside an event; see {@link #recipientBytes}. */
    public int recipientRoom(UserEvent event) {
        return bus.maxMessageBytes() - EnvelopeCodec.overhead(event);
    }

    /** How many bytes a recipient takes in an envelope. */
    public static int recipientBytes(Recipient recipient) {
        return EnvelopeCodec.length(recipient);
    }

    /** How many frames have no answer. */
    public int unanswered() {
        return outbound.values().stream().mapToInt(OutboundLink::size).sum();
    }

    /** Has a node deliver an event. The stage never fails, and completes on any thread. */
    public CompletionStage<Outcome> deliver(NodeId to, UserEvent event, List<Recipient> recipients) {
        return send(to, new Deliver(event, recipients), Kind.MESSAGES);
    }

    /** Has a node pass on a notice of a user's status. */
    public void tell(NodeId to, Notice notice) {
        var unused = send(to, notice, Kind.NOTICES);
    }

    /**
     * Has a node end what was revoked. The stage never fails, and completes on any thread.
     *
     * @return how many sessions it ended; empty if it did not answer within seconds
     */
    public CompletionStage<OptionalInt> revoke(NodeId to, Revocation revocation) {
        return send(to, new Revoke(revocation), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    /**
     * Has a node end a session that lost its place. The stage never fails, and completes on any thread.
     *
     * @return how many sessions it ended; empty if it did not answer within seconds
     */
    public CompletionStage<OptionalInt> displace(NodeId to, Target session) {
        return send(to, new Displace(session), Kind.ORDERS).thenApply(NodeLinks::ended);
    }

    private static OptionalInt ended(Outcome outcome) {
        return outcome.answer() == null ? OptionalInt.empty() : Envelope.endedCount(outcome.answer());
    }

    private CompletionStage<Outcome> send(NodeId to, Body body, Kind kind) {
        NodeId from = self.id();
        if (from == null) {
            return CompletableFuture.completedFuture(Outcome.NOT_APPLIED);
        }
        return outbound.computeIfAbsent(new Route(from, to, kind), this::open).send(body);
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

    /** Another node said what became of a frame. */
    void answered(Answer answer) {
        OutboundLink link = outboundById.get(answer.link());
        if (link != null) {
            link.answered(answer.number(), answer.bits());
        }
    }

    /** Another node misses frames. */
    void missing(Missing missing) {
        OutboundLink link = outboundById.get(missing.link());
        if (link != null) {
            link.missing(missing.first(), missing.last());
        }
    }

    /** Takes over which nodes are members, and gives up on all others: they will answer nothing. */
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

    /** Sends again what has no answer, and gives up what is too late. */
    public void tick() {
        outbound.values().forEach(OutboundLink::tick);
    }
}
