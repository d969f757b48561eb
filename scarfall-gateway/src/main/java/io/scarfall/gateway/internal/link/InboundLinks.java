package io.scarfall.gateway.internal.link;

import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.presence.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The links on which this node receives. Three bounds limit their number: one per sender, one for all senders that may have
 * joined since the newest beat, and one for all other senders. So forged frames do not take the room of a live node's
 * frames. Thread-safe.
 *
 * <p>At a bound, a link that never applied a frame makes room: the one that has been silent for the longest time. A link
 * that applied a frame stays until it is forgotten, because a repeated frame must not be applied again.
 */
final class InboundLinks {

    /** Longer than any frame lives: no frame of a forgotten link can arrive after this time. */
    private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** A sender has three links, and three more each time the sender or this node takes a new epoch. */
    static final int MAX_OF_SENDER = 64;

    /** The most links of all senders that may have joined since the newest beat: their epoch began about now. */
    static final int MAX_OF_JOINING = 1_024;

    /** The most links of all other senders, such as a node that has lost its lease. */
    static final int MAX_OF_OTHERS = 256;

    private static final long JOINING_MILLIS = TimeUnit.SECONDS.toMillis(10);

    /** The standing of a sender at the newest beat. */
    private enum Standing {
        MEMBER,
        JOINING,
        OTHER
    }

    private final StoreClock clock;
    private final BiFunction<Frame, InboundLink.Source, InboundLink> make;

    private final ConcurrentMap<Long, InboundLink> links = new ConcurrentHashMap<>();

    /** The sources by {@link LinkIds#sourceOf}. */
    private final ConcurrentMap<Long, InboundLink.Source> sources = new ConcurrentHashMap<>();

    private volatile Set<NodeId> members = Set.of();

    /** @param make makes a link from the first frame that arrives on it */
    InboundLinks(StoreClock clock, BiFunction<Frame, InboundLink.Source, InboundLink> make) {
        this.clock = clock;
        this.make = make;
    }

    /** Updates the set of members to that of the newest beat. */
    void updateMembers(Set<NodeId> live) {
        members = Set.copyOf(live);
    }

    /** The link of a frame. Opens the link if there is none; null if a bound leaves no room for it. */
    @Nullable
    InboundLink of(Frame frame) {
        InboundLink link = links.get(frame.link());
        return link != null ? link : open(frame);
    }

    private synchronized @Nullable InboundLink open(Frame frame) {
        NodeId sender = frame.from();
        Standing standing = standingOf(sender);
        boolean hasRoom = hasRoom(those(link -> link.from().equals(sender)), MAX_OF_SENDER)
                && switch (standing) {
                    case MEMBER -> true;
                    case JOINING -> hasRoom(those(link -> standingOf(link.from()) == standing), MAX_OF_JOINING);
                    case OTHER -> hasRoom(those(link -> standingOf(link.from()) == standing), MAX_OF_OTHERS);
                };
        if (!hasRoom) {
            return null;
        }
        return links.computeIfAbsent(frame.link(), id -> {
            InboundLink.Source source = sources.computeIfAbsent(LinkIds.sourceOf(id), key -> new InboundLink.Source());
            return make.apply(frame, source);
        });
    }

    private Standing standingOf(NodeId sender) {
        if (members.contains(sender)) {
            return Standing.MEMBER;
        }
        return Math.abs(sender.epoch() / 1_000 - clock.millis()) <= JOINING_MILLIS ? Standing.JOINING : Standing.OTHER;
    }

    private List<InboundLink> those(Predicate<InboundLink> wanted) {
        return links.values().stream().filter(wanted).toList();
    }

    private boolean hasRoom(List<InboundLink> taken, int most) {
        if (taken.size() < most) {
            return true;
        }
        InboundLink idle = taken.stream()
                .filter(link -> !link.hasApplied())
                .max(Comparator.comparingLong(InboundLink::silentNanos))
                .orElse(null);
        if (idle == null) {
            return false;
        }
        links.values().remove(idle);
        long source = LinkIds.sourceOf(idle.id());
        if (links.keySet().stream().noneMatch(id -> LinkIds.sourceOf(id) == source)) {
            sources.remove(source);
        }
        return true;
    }

    /** Forgets links that have been silent for long. */
    void tick() {
        if (links.values().removeIf(link -> link.silentNanos() > FORGOTTEN_NANOS)) {
            forgetSources();
        }
    }

    private synchronized void forgetSources() {
        sources.keySet()
                .retainAll(links.keySet().stream().map(LinkIds::sourceOf).collect(Collectors.toSet()));
    }

    int size() {
        return links.size();
    }
}
