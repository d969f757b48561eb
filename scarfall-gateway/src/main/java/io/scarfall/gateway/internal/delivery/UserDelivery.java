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
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.message.JsonText;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.SendMessage;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Placement;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonCodec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages to all devices of their recipients, on any node, and reports the outcome for each recipient.
 * Thread-safe; nothing blocks.
 *
 * <p>Messages of one sender to one device keep their order. To sockets on the caller's event loop, this node writes
 * before the call returns; to its other sockets it writes in one task per loop. So local delivery continues while the
 * store is unreachable. The store is asked once per message which other nodes hold recipients, and each of these nodes
 * gets one envelope. The node that holds a recipient's sockets decides the recipient's outcome.
 */
public final class UserDelivery implements Messages {

    private static final Logger log = LoggerFactory.getLogger(UserDelivery.class);

    private static final String MESSAGE = "message";

    /** A message without an outcome is in memory once, and once more on its way to other nodes. */
    private static final int KEPT_COPIES = 2;

    private static final Placement NOWHERE = userId -> List.of();

    private final LocalUsers local;
    private final Routing routing;
    private final NodeLinks links;
    private final ThisNode self;
    private final DeliveryConfig limits;
    private final DeliveryCounts counts;
    private final MemoryBudget memory;
    private final Clock clock;
    private final JsonCodec codec;
    private final RandomIds messageIds = new RandomIds();
    private final SendOrder embedder = new SendOrder();

    /**
     * @param memory the budget from which messages without an outcome take
     * @param codec writes what the application sends
     */
    public UserDelivery(
            LocalUsers local,
            Routing routing,
            NodeLinks links,
            ThisNode self,
            DeliveryConfig limits,
            DeliveryCounts counts,
            MemoryBudget memory,
            Clock clock,
            JsonCodec codec) {
        this.local = local;
        this.routing = routing;
        this.links = links;
        this.self = self;
        this.limits = limits;
        this.counts = counts;
        this.memory = memory;
        this.clock = clock;
        this.codec = codec;
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
                    : Arguments.of(codec, metadata).json();
            if (object.at(0) != '{') {
                throw new InvalidMessageException("metadata: not an object (expected: an object)");
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
                throw new IllegalArgumentException("event: " + event + " (expected: not a reserved name)");
            }
            UserEvent encoded = UserEvent.of(event, Arguments.of(codec, arguments));
            List<Recipient> impossible = new ArrayList<>(0);
            List<Recipient> possible = recipients(recipients, impossible);
            return send(possible, impossible, encoded, messageIds.next(), clock.instant(), embedder);
        } catch (IllegalArgumentException | InvalidMessageException e) {
            counts.refused(e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** @param impossible gets the recipients whose id no user can have */
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
     * Reads the request of a client.
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
     * Sends the message of a client.
     *
     * @param senderId the sender's id, from its connection only; null if the sender has none
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
            return CompletableFuture.failedFuture(new OverloadedException("too much unsent data on this node"));
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
        if (!impossible.isEmpty()) { // at the end, so that the indexes of the others stay valid
            all = new ArrayList<>(recipients);
            all.addAll(impossible);
        }
        Outcomes outcomes = new Outcomes(all.size());
        long since = links.moment(); // after a freeze, a device that got the message may be on another node
        CompletableFuture<?> here = local.handOver(recipients, event, outcomes);
        CompletableFuture<?> elsewhere = new CompletableFuture<>();
        order.whenFound(
                routing.nodesOf(recipients),
                found -> sendElsewhere(recipients, event, outcomes, found, since, elsewhere));
        Delivery delivery = new SettledDelivery(messageId, now, all, outcomes);
        if (here.isDone() && elsewhere.isDone()) {
            counts.completed(outcomes);
            return CompletableFuture.completedFuture(delivery);
        }
        CompletableFuture<Delivery> outcome = here.thenCombine(elsewhere, (done, too) -> {
            counts.completed(outcomes);
            return delivery;
        });
        order.await(outcome);
        return outcome;
    }

    // Other nodes.

    /** Never throws: no caller could catch it. */
    private void sendElsewhere(
            List<Recipient> recipients,
            UserEvent event,
            Outcomes outcomes,
            CompletableFuture<Placement> found,
            long since,
            CompletableFuture<?> done) {
        try {
            Placement placement = found.getNow(NOWHERE);
            Map<NodeId, List<Integer>> byNode = routing.byNode(recipients, placement, outcomes);
            if (placement.isDoubtful()) {
                self.suspectStore();
            }
            boolean isDoubtful = self.storeDoubt().isDoubtful();
            if (isDoubtful || !self.isMember()) {
                outcomes.degraded();
            }
            for (int i = 0; i < recipients.size(); i++) {
                if (isDoubtful || placement.isIncomplete(recipients.get(i).id())) {
                    outcomes.uncertain(i); // the recipient may be connected to a node that does not get the message
                } else if (placement.hasReaped(recipients.get(i).id())) {
                    outcomes.unconfirmed(i); // a device may be connected to a node that is cut off from the store
                }
            }
            if (byNode.isEmpty()) {
                done.complete(null);
                return;
            }
            List<CompletableFuture<?>> answers = new ArrayList<>();
            byNode.forEach((node, indexes) -> ask(node, recipients, indexes, event, outcomes, since, answers));
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .whenComplete((all, error) -> done.complete(null));
        } catch (RuntimeException e) {
            log.debug("could not reach recipients on other nodes error={}", LogText.of(e.toString()));
            outcomes.degraded();
            done.complete(null);
        }
    }

    /** Sends one envelope to a node, or several if one would be too large. */
    private void ask(
            NodeId node,
            List<Recipient> recipients,
            List<Integer> indexes,
            UserEvent event,
            Outcomes outcomes,
            long since,
            List<CompletableFuture<?>> answers) {
        for (List<Integer> part : routing.split(recipients, indexes, event, outcomes)) {
            List<Recipient> addressees = part.stream().map(recipients::get).toList();
            answers.add(links.deliver(node, event, addressees, since)
                    .thenAccept(outcome -> outcomes.learn(outcome, part))
                    .toCompletableFuture());
        }
    }
}
