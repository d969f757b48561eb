package io.scarfall.gateway.internal.delivery;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MemoryBudget;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.engineio.internal.RandomIds;
import io.scarfall.gateway.Delivery;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.OverloadedException;
import io.scarfall.gateway.internal.delivery.Envelope.Body;
import io.scarfall.gateway.internal.delivery.Envelope.Deliver;
import io.scarfall.gateway.internal.delivery.Envelope.Displace;
import io.scarfall.gateway.internal.delivery.Envelope.Notice;
import io.scarfall.gateway.internal.delivery.Envelope.Revoke;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to users, to each of their devices on whichever node, and learns what became of it. Thread-safe; nothing
 * blocks.
 *
 * <p>Messages of one sender to one device keep their order. This node's own sockets are written to before a call returns,
 * if they live on the caller's event loop, and else by one task per loop; so local delivery goes on while the store is
 * away. Where else recipients are is asked of the {@link PresenceStore}, once per message, and one envelope goes to each
 * node that holds any. What a recipient's outcome is, the node that holds the sockets says.
 */
public final class UserDelivery implements Messages {

    private static final Logger log = LoggerFactory.getLogger(UserDelivery.class);

    private static final String MESSAGE = "message";

    /** A message that waits for its outcome is kept once, and once more on its way to other nodes. */
    private static final int KEPT_COPIES = 2;

    private static final Placement NOWHERE = userId -> List.of();

    private final LocalUsers local;
    private final PresenceStore store;
    private final NodeLinks links;
    private final DeliveryConfig limits;
    private final DeliveryCounts counts;
    private final MemoryBudget memory;
    private final Clock clock;
    private final RandomIds messageIds = new RandomIds();
    private final NoticeVersions versions;
    private final NoticeWindows windows;
    private final NoticeBacklog backlog = new NoticeBacklog();
    private final SendOrder embedder = new SendOrder();

    /** A packet for one socket, and whose outcome it decides. */
    private record Handover(int index, EncodedPacket packet) {}

    /**
     * {@link #tick} must be called several times within the window.
     *
     * @param memory what messages that wait for their outcome count in
     * @param noticeWindow in what time a receiver gets at most one notice about a user; zero for all
     * @param nanoTime as {@link System#nanoTime}
     */
    public UserDelivery(
            LocalUsers local,
            PresenceStore store,
            NodeLinks links,
            DeliveryConfig limits,
            DeliveryCounts counts,
            MemoryBudget memory,
            Duration noticeWindow,
            Clock clock,
            LongSupplier nanoTime) {
        this.local = local;
        this.store = store;
        this.links = links;
        this.limits = limits;
        this.counts = counts;
        this.memory = memory;
        this.clock = clock;
        versions = new NoticeVersions(nanoTime);
        windows = new NoticeWindows(noticeWindow, nanoTime, this::handOver);
    }

    /** The limits of messages. */
    public DeliveryConfig limits() {
        return limits;
    }

    @Override
    public CompletionStage<Delivery> sendMessage(
            Collection<String> recipients, String message, @Nullable Object metadata) {
        try {
            Bytes text = SendMessage.bounded(
                    "message", Arguments.of(message).json(), limits.maxMessageBytes(), GatewayLimit.MESSAGE_BYTES);
            Bytes object = metadata == null
                    ? SendMessage.EMPTY_OBJECT
                    : Arguments.of(metadata).json();
            if (object.at(0) != '{') {
                throw new InvalidMessageException("metadata: no object (expected: an object)");
            }
            SendMessage.bounded("metadata", object, limits.maxMetadataBytes(), GatewayLimit.METADATA_BYTES);
            Bytes marked = SendMessage.withoutClaims(object, true);
            List<Recipient> impossible = new ArrayList<>(0);
            List<Recipient> possible = recipients(recipients, impossible);
            return send(new SendMessage(possible, impossible, text, marked), null, embedder);
        } catch (IllegalArgumentException | InvalidMessageException e) {
            counts.refused(e);
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Delivery> send(Collection<String> recipients, String event, @Nullable Object... arguments) {
        try {
            if (PacketDecoder.RESERVED_EVENTS.contains(event)) {
                throw new IllegalArgumentException("event: " + event + " (expected: no reserved name)");
            }
            UserEvent encoded = UserEvent.of(event, Arguments.of(arguments));
            List<Recipient> impossible = new ArrayList<>(0);
            List<Recipient> possible = recipients(recipients, impossible);
            return send(possible, impossible, encoded, messageIds.next(), clock.instant(), embedder);
        } catch (IllegalArgumentException | InvalidMessageException e) {
            counts.refused(e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** @param impossible gets those that no user can be */
    private List<Recipient> recipients(Collection<String> ids, List<Recipient> impossible) {
        Set<String> distinct = new LinkedHashSet<>(ids);
        if (distinct.isEmpty() || distinct.size() > limits.maxRecipients()) {
            throw new InvalidMessageException(
                    "recipients: " + distinct.size() + " (expected: 1 to " + limits.maxRecipients() + ")",
                    distinct.isEmpty() ? null : GatewayLimit.RECIPIENTS);
        }
        List<Recipient> recipients = new ArrayList<>(distinct.size());
        for (String id : distinct) {
            (Identity.isUserId(id, limits.maxUserIdLength()) ? recipients : impossible).add(Recipient.of(id));
        }
        return recipients;
    }

    /**
     * Reads what a client asked for.
     *
     * @throws InvalidMessageException as {@link SendMessage#read}
     */
    public SendMessage read(Arguments arguments, boolean byService) {
        try {
            return SendMessage.read(arguments, limits, byService);
        } catch (InvalidMessageException e) {
            counts.refused(e);
            throw e;
        }
    }

    /**
     * Sends a message that a client asked for.
     *
     * @param senderId who sends it, by the sender's connection and nothing else; null if it has no name
     * @param order the order of the sender's messages
     * @return as {@link #sendMessage}
     */
    public CompletionStage<Delivery> send(SendMessage message, @Nullable String senderId, SendOrder order) {
        String messageId = messageIds.next();
        Instant now = clock.instant();
        JsonText argument = new JsonText(message.message().length()
                + message.metadata().length()
                + 160
                + (senderId == null ? 0 : senderId.length()));
        argument.raw(UserEvent.RECIPIENT).ascii(",\"message\":").raw(message.message());
        argument.ascii(",\"metadata\":").raw(message.metadata());
        argument.ascii(",\"timestamp\":").time(now);
        argument.ascii(",\"messageId\":\"").ascii(messageId).ascii("\"");
        if (senderId != null) {
            argument.ascii(",\"senderId\":").raw(Recipient.of(senderId).json());
        }
        UserEvent event = UserEvent.addressed(MESSAGE, argument.ascii("}").bytes());
        return send(message.recipients(), message.impossible(), event, messageId, now, order);
    }

    private CompletionStage<Delivery> send(
            List<Recipient> recipients,
            List<Recipient> impossible,
            UserEvent event,
            String messageId,
            Instant now,
            SendOrder order) {
        long bytes = (long) recipients.size() * event.length();
        if (bytes > limits.maxFanOutBytes()) {
            counts.crossed(GatewayLimit.FAN_OUT_BYTES);
            return CompletableFuture.failedFuture(new InvalidMessageException("message: " + bytes
                    + " bytes for all recipients together (expected: at most " + limits.maxFanOutBytes() + ")"));
        }
        if (order.unanswered() >= limits.maxUnanswered()) {
            counts.crossed(GatewayLimit.UNANSWERED);
            return CompletableFuture.failedFuture(new OverloadedException(limits.maxUnanswered()));
        }
        long kept = KEPT_COPIES * (long) event.length();
        if (!memory.take(kept)) {
            counts.crossed(Limit.MEMORY);
            return CompletableFuture.failedFuture(new OverloadedException("too much waits to be sent"));
        }
        CompletableFuture<Delivery> outcome;
        try {
            outcome = sendNow(recipients, impossible, event, messageId, now, order);
        } catch (RuntimeException e) {
            memory.giveBack(kept);
            throw e;
        }
        if (outcome.isDone()) {
            memory.giveBack(kept);
        } else {
            outcome.whenComplete((done, error) -> memory.giveBack(kept));
        }
        return outcome;
    }

    private CompletableFuture<Delivery> sendNow(
            List<Recipient> recipients,
            List<Recipient> impossible,
            UserEvent event,
            String messageId,
            Instant now,
            SendOrder order) {
        List<Recipient> all = recipients;
        if (!impossible.isEmpty()) { // after the others, whose indexes stay: nothing becomes of them
            all = new ArrayList<>(recipients);
            all.addAll(impossible);
        }
        Outcomes outcomes = new Outcomes(all.size());
        CompletableFuture<?> here = handOver(recipients, event, outcomes);
        CompletableFuture<?> elsewhere = new CompletableFuture<>();
        order.whenFound(nodesOf(recipients), found -> sendElsewhere(recipients, event, outcomes, found, elsewhere));
        Delivery delivery = new SettledDelivery(messageId, now, all, outcomes);
        if (here.isDone() && elsewhere.isDone()) {
            counts.settled(outcomes);
            return CompletableFuture.completedFuture(delivery);
        }
        CompletableFuture<Delivery> outcome = here.thenCombine(elsewhere, (done, too) -> {
            counts.settled(outcomes);
            return delivery;
        });
        order.await(outcome);
        return outcome;
    }

    private CompletableFuture<Placement> nodesOf(List<Recipient> recipients) {
        try {
            return store.nodesOf(new Ids(recipients)).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The ids of recipients, without a copy. */
    private static final class Ids extends AbstractList<String> implements RandomAccess {

        private final List<Recipient> recipients;

        Ids(List<Recipient> recipients) {
            this.recipients = recipients;
        }

        @Override
        public String get(int index) {
            return recipients.get(index).id();
        }

        @Override
        public int size() {
            return recipients.size();
        }
    }

    // This node's own sockets.

    /** Writes an event to this node's sockets of its recipients; the devices of one user share the packet. */
    private CompletableFuture<?> handOver(List<Recipient> recipients, UserEvent event, Outcomes outcomes) {
        return handOver(recipients, event, outcomes, socket -> true);
    }

    /** @param wanted asked on each socket's home loop, right before the event is written to it */
    private CompletableFuture<?> handOver(
            List<Recipient> recipients, UserEvent event, Outcomes outcomes, Predicate<Socket> wanted) {
        Map<Socket, Handover> away = null;
        for (int i = 0; i < recipients.size(); i++) {
            List<Socket> devices = local.of(recipients.get(i).id());
            if (devices.isEmpty()) {
                continue;
            }
            outcomes.local(i);
            EncodedPacket packet = event.packetFor(recipients.get(i));
            for (int n = 0; n < devices.size(); n++) {
                Socket socket = devices.get(n);
                if (!socket.isHome()) {
                    away = away == null ? new IdentityHashMap<>() : away;
                    away.put(socket, new Handover(i, packet));
                } else if (wanted.test(socket)) {
                    hand(packet, socket, i, outcomes);
                }
            }
        }
        return away == null ? DONE : handOverAway(away, outcomes, wanted);
    }

    /** Belongs on the socket's home loop. */
    private static void hand(EncodedPacket packet, Socket socket, int index, Outcomes outcomes) {
        if (socket.send(packet)) {
            outcomes.sent(index);
        } else if (socket.isConnected()) { // too much waits for it already
            outcomes.unconfirmed(index);
        }
    }

    private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

    private static CompletableFuture<?> handOverAway(
            Map<Socket, Handover> away, Outcomes outcomes, Predicate<Socket> wanted) {
        return Socket.forEachAtHome(away.keySet(), socket -> {
                    Handover handover = away.get(socket);
                    if (handover != null && wanted.test(socket)) {
                        hand(handover.packet(), socket, handover.index(), outcomes);
                    }
                })
                .toCompletableFuture();
    }

    // Other nodes.

    /** Never throws: it runs where nobody could catch it. */
    private void sendElsewhere(
            List<Recipient> recipients,
            UserEvent event,
            Outcomes outcomes,
            CompletableFuture<Placement> found,
            CompletableFuture<?> done) {
        try {
            Placement placement = found.getNow(NOWHERE);
            Map<NodeId, List<Integer>> byNode = byNode(recipients, placement, outcomes);
            if (placement.isDoubtful()) {
                links.suspectStore();
            }
            boolean isDoubtful = links.isDoubtful();
            if (isDoubtful || !links.isMember()) {
                outcomes.degraded();
            }
            for (int i = 0; i < recipients.size(); i++) {
                if (isDoubtful || placement.isIncomplete(recipients.get(i).id())) {
                    outcomes.uncertain(i); // they may be connected to a node that is not asked
                } else if (placement.hasReaped(recipients.get(i).id())) {
                    outcomes.unconfirmed(i); // a device may be connected to a node that is cut off
                }
            }
            if (byNode.isEmpty()) {
                done.complete(null);
                return;
            }
            List<CompletableFuture<?>> answers = new ArrayList<>();
            byNode.forEach((node, indexes) -> ask(node, recipients, indexes, event, outcomes, answers));
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .whenComplete((all, error) -> done.complete(null));
        } catch (RuntimeException e) {
            log.debug("recipients on other nodes are not reached error={}", LogText.of(e.toString()));
            outcomes.degraded();
            done.complete(null);
        }
    }

    /** @param outcomes what is known of this node's own sockets by now; null if nothing is */
    private Map<NodeId, List<Integer>> byNode(
            List<Recipient> recipients, Placement placement, @Nullable Outcomes outcomes) {
        Map<NodeId, List<Integer>> byNode = Map.of();
        for (int i = 0; i < recipients.size(); i++) {
            boolean here = false;
            for (NodeId node : placement.nodesOf(recipients.get(i).id())) {
                if (links.isSelf(node)) {
                    here = true;
                } else {
                    byNode = byNode.isEmpty() ? new HashMap<>() : byNode;
                    byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(i);
                }
            }
            if (!here && outcomes != null && outcomes.isLocal(i)) {
                outcomes.unconfirmed(i); // a store that does not list this device may not list others
                if (!placement.isIncomplete(recipients.get(i).id())) {
                    links.doubt();
                }
            }
        }
        return byNode;
    }

    /** The same; a recipient of whom the store does not know everything may be on any node. */
    private Map<NodeId, List<Integer>> byNodeOrAll(List<Recipient> recipients, Placement placement) {
        Map<NodeId, List<Integer>> byNode = byNode(recipients, placement, null);
        for (int i = 0; i < recipients.size(); i++) {
            String id = recipients.get(i).id();
            if (!placement.isIncomplete(id)) {
                continue;
            }
            Set<NodeId> others = new HashSet<>(links.members());
            others.removeIf(links::isSelf);
            placement.nodesOf(id).forEach(others::remove);
            byNode = byNode.isEmpty() ? new HashMap<>() : byNode;
            for (NodeId node : others) {
                byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(i);
            }
        }
        return byNode;
    }

    /** Sends one envelope to a node, or several where one would be too large. */
    private void ask(
            NodeId node,
            List<Recipient> recipients,
            List<Integer> indexes,
            UserEvent event,
            Outcomes outcomes,
            List<CompletableFuture<?>> answers) {
        for (List<Integer> part : split(recipients, indexes, event, outcomes)) {
            List<Recipient> addressees = part.stream().map(recipients::get).toList();
            answers.add(links.deliver(node, event, addressees)
                    .thenAccept(outcome -> note(outcome, part, outcomes))
                    .toCompletableFuture());
        }
    }

    private static void note(NodeLinks.Outcome outcome, List<Integer> indexes, Outcomes outcomes) {
        BitSet sent = outcome.sent();
        for (int i = 0; i < indexes.size(); i++) {
            if (!outcome.isApplied()) {
                outcomes.unreached(indexes.get(i));
            }
            if (sent == null) {
                outcomes.uncertain(indexes.get(i));
                continue;
            }
            if (Envelope.isSent(sent, i)) {
                outcomes.sent(indexes.get(i));
            }
            if (!Envelope.isSent(sent, i) || Envelope.isMissed(sent, i, indexes.size())) {
                outcomes.unconfirmed(indexes.get(i));
            }
        }
    }

    /**
     * Splits recipients into parts whose envelopes the bus takes; those of an event that is too large alone are left out.
     *
     * @param outcomes where that is noted; null if nobody waits for it
     */
    private List<List<Integer>> split(
            List<Recipient> recipients, List<Integer> indexes, UserEvent event, @Nullable Outcomes outcomes) {
        int room = links.maxBytes() - EnvelopeCodec.overhead(event);
        List<List<Integer>> parts = new ArrayList<>(1);
        List<Integer> part = new ArrayList<>(indexes.size());
        int length = 0;
        for (Integer index : indexes) {
            int more = EnvelopeCodec.length(recipients.get(index));
            if (more > room) {
                log.warn("event is too large for the bus bytes={} max={}", event.length(), links.maxBytes());
                if (outcomes != null) {
                    outcomes.unconfirmed(index);
                }
                continue;
            }
            if (length + more > room) {
                parts.add(part);
                part = new ArrayList<>();
                length = 0;
            }
            part.add(index);
            length += more;
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    // Notices.

    /**
     * Tells users, wherever they are, of somebody's status. Nobody waits for an outcome. A socket that got a newer notice
     * about the same user does not get this one.
     *
     * @param subject whom it is about
     * @param version which of two notices is the newer
     */
    public void notify(Collection<String> receivers, String subject, long version, String event, Object argument) {
        List<Recipient> recipients = receivers.stream().map(Recipient::of).toList();
        UserEvent encoded = UserEvent.of(event, Arguments.of(argument));
        windows.offer(recipients, encoded, subject, version);
        nodesOf(recipients).whenComplete((placement, error) -> {
            if (error != null) {
                log.debug("receivers on other nodes are not told error={}", LogText.of(error.toString()));
                return;
            }
            byNodeOrAll(recipients, placement).forEach((node, indexes) -> {
                for (List<Integer> part : split(recipients, indexes, encoded, null)) {
                    List<Recipient> addressees =
                            part.stream().map(recipients::get).toList();
                    links.tell(node, new Notice(subject, version, encoded, addressees));
                }
            });
        });
    }

    /**
     * Passes on the notices whose window is over.
     *
     * @param executor where that is done, one task after the other
     */
    public void tick(Executor executor) {
        windows.tick(executor);
        backlog.tick();
    }

    /** Whether this node has passed on this version of a subject, or a newer one, not long ago. */
    public boolean hasToldOf(String subject, long version) {
        return versions.knows(subject, version);
    }

    /** As {@link #notify(Collection, String, long, String, Object)}, but on this node only. */
    public void notifyHere(Collection<String> receivers, String subject, long version, String event, Object argument) {
        windows.offer(
                receivers.stream().map(Recipient::of).toList(),
                UserEvent.of(event, Arguments.of(argument)),
                subject,
                version);
    }

    private void handOver(List<Recipient> recipients, UserEvent event, String subject, long version) {
        if (recipients.isEmpty()) {
            return;
        }
        Outcomes outcomes = new Outcomes(recipients.size());
        EncodedPacket packet = event.packetFor(recipients.get(0)); // the same for all of them
        Predicate<Socket> wanted =
                socket -> versions.admits(subject, version) && backlog.passes(socket, subject, version, packet);
        handOver(recipients, event, outcomes, wanted)
                .whenComplete((done, error) -> counts.told(outcomes.count(Outcomes::isSent)));
    }

    // What other nodes send.

    /**
     * Takes a message of another node; to be called in the order of their arrival.
     *
     * @param orders carries out what is no delivery
     */
    public void received(byte[] message, NodeOrders orders) {
        if (!links.received(message, body -> apply(body, orders))) {
            counts.refusedFrame();
        }
    }

    private CompletionStage<BitSet> apply(Body body, NodeOrders orders) {
        if (body instanceof Deliver deliver) {
            return apply(deliver);
        } else if (body instanceof Notice notice) {
            windows.offer(notice.recipients(), notice.event(), notice.subject(), notice.version());
            return TOLD;
        } else if (body instanceof Revoke revoke) {
            return ended(orders.revoked(revoke.revocation()));
        } else if (body instanceof Displace displace) {
            return ended(orders.displaced(displace.session()));
        }
        throw new AssertionError(body);
    }

    /** What could not be carried out now is so later, see {@link NodeOrders}: for the sender it is not done. */
    private static CompletionStage<BitSet> ended(CompletionStage<Integer> carriedOut) {
        return carriedOut.handle((count, error) -> error == null ? Envelope.ended(count) : new BitSet(0));
    }

    private static final CompletionStage<BitSet> TOLD = CompletableFuture.completedStage(new BitSet(0));

    private CompletionStage<BitSet> apply(Deliver deliver) {
        List<Recipient> recipients = deliver.recipients();
        Outcomes outcomes = new Outcomes(recipients.size());
        return handOver(recipients, deliver.event(), outcomes).thenApply(done -> Envelope.delivered(outcomes));
    }
}
