package io.scarfall.gateway.internal.delivery;

import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.PresenceStore;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which other nodes get an event, and for which of its recipients. Recipients are known by their index.
 * Thread-safe; nothing blocks.
 */
public final class Routing {

    private static final Logger log = LoggerFactory.getLogger(Routing.class);

    private final PresenceStore store;
    private final NodeLinks links;
    private final ThisNode self;

    public Routing(PresenceStore store, NodeLinks links, ThisNode self) {
        this.store = store;
        this.links = links;
        this.self = self;
    }

    /** Asks the store which nodes hold sessions of the recipients. Never throws. */
    public CompletableFuture<Placement> nodesOf(List<Recipient> recipients) {
        try {
            return store.nodesOf(new Ids(recipients)).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A view of the recipients' ids that saves a copy. */
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

    /**
     * The recipients of each other node that the store names.
     *
     * @param outcomes the outcomes on this node's own sockets; null if there are none
     */
    Map<NodeId, List<Integer>> byNode(List<Recipient> recipients, Placement placement, @Nullable Outcomes outcomes) {
        Map<NodeId, List<Integer>> byNode = Map.of();
        for (int i = 0; i < recipients.size(); i++) {
            boolean here = false;
            for (NodeId node : placement.nodesOf(recipients.get(i).id())) {
                if (self.is(node)) {
                    here = true;
                } else {
                    byNode = byNode.isEmpty() ? new HashMap<>() : byNode;
                    byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(i);
                }
            }
            if (!here && outcomes != null && outcomes.isLocal(i)) {
                outcomes.unconfirmed(i); // a store that does not list this device may not list others
                if (!placement.isIncomplete(recipients.get(i).id())) {
                    self.beatSoon(); // the next beat finds out whether the store still knows this node
                }
            }
        }
        return byNode;
    }

    /**
     * As {@link #byNode}, but a recipient that the store knows only in part goes to all members, because the recipient's
     * devices may be on any node.
     */
    public Map<NodeId, List<Integer>> byNodeOrAll(List<Recipient> recipients, Placement placement) {
        Map<NodeId, List<Integer>> byNode = byNode(recipients, placement, null);
        for (int i = 0; i < recipients.size(); i++) {
            String id = recipients.get(i).id();
            if (!placement.isIncomplete(id)) {
                continue;
            }
            Set<NodeId> others = new HashSet<>(links.members());
            others.removeIf(self::is);
            placement.nodesOf(id).forEach(others::remove);
            byNode = byNode.isEmpty() ? new HashMap<>() : byNode;
            for (NodeId node : others) {
                byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(i);
            }
        }
        return byNode;
    }

    /**
     * Splits recipients into parts whose envelopes fit on the bus. A recipient is in no part if the event does not fit
     * even for them alone.
     */
    public List<List<Integer>> split(List<Recipient> recipients, List<Integer> indexes, UserEvent event) {
        return split(recipients, indexes, event, null);
    }

    /** @param outcomes learns of recipients that are in no part; null if the caller reports no outcomes */
    List<List<Integer>> split(
            List<Recipient> recipients, List<Integer> indexes, UserEvent event, @Nullable Outcomes outcomes) {
        int room = links.recipientRoom(event);
        List<List<Integer>> parts = new ArrayList<>(1);
        List<Integer> part = new ArrayList<>(indexes.size());
        int length = 0;
        for (Integer index : indexes) {
            int more = NodeLinks.recipientBytes(recipients.get(index));
            if (more > room) {
                log.warn("event too large for the node bus bytes={} room={} action=dropped", event.length(), room);
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
}
