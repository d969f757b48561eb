package io.scarfall.gateway.internal.notice;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.delivery.Routing;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notices of a user's status to users on any node. No caller waits for an outcome. A socket that got a newer notice
 * about the same user does not get an older one. A notice may be delayed, see {@link NoticeWindows} and {@link
 * NoticeBacklog}. Thread-safe; nothing blocks.
 */
public final class NoticeSender {

    private static final Logger log = LoggerFactory.getLogger(NoticeSender.class);

    private static final String EVENT = "user_status_update";

    private final LocalUsers local;
    private final Routing routing;
    private final NodeLinks links;
    private final NoticeVersions versions;
    private final NoticeWindows windows;
    private final NoticeBacklog backlog = new NoticeBacklog();
    private final IntConsumer count;

    /**
     * The caller must call {@link #tick} several times within the window.
     *
     * @param window in this time a receiver gets at most one notice about a user; zero for no limit
     * @param nanoTime as {@link System#nanoTime}
     */
    public NoticeSender(
            LocalUsers local,
            Routing routing,
            NodeLinks links,
            Duration window,
            Metrics metrics,
            LongSupplier nanoTime) {
        this.local = local;
        this.routing = routing;
        this.links = links;
        versions = new NoticeVersions(nanoTime);
        windows = new NoticeWindows(window, nanoTime, this::write);
        Metrics.Counter notices = metrics.counter("scarfall.notices");
        count = notices::add;
    }

    /** Sends a notice to users on any node. */
    void send(Collection<String> receivers, StatusUpdate update) {
        List<Recipient> recipients = receivers.stream().map(Recipient::of).toList();
        UserEvent event = UserEvent.of(EVENT, Arguments.of(update));
        String subject = update.userId();
        long version = update.version();
        windows.offer(recipients, event, subject, version);
        routing.nodesOf(recipients).whenComplete((placement, error) -> {
            if (error != null) {
                log.debug("could not send notices to other nodes error={}", LogText.of(error.toString()));
                return;
            }
            routing.byNodeOrAll(recipients, placement).forEach((node, indexes) -> {
                for (List<Integer> part : routing.split(recipients, indexes, event)) {
                    List<Recipient> addressees =
                            part.stream().map(recipients::get).toList();
                    links.tell(node, new Notice(subject, version, event, addressees));
                }
            });
        });
    }

    /** Sends a notice to users on this node only. */
    void sendHere(Collection<String> receivers, StatusUpdate update) {
        windows.offer(
                receivers.stream().map(Recipient::of).toList(),
                UserEvent.of(EVENT, Arguments.of(update)),
                update.userId(),
                update.version());
    }

    /** Receives a notice that another node sent for users of this node. */
    public void received(Notice notice) {
        windows.offer(notice.recipients(), notice.event(), notice.subject(), notice.version());
    }

    /** Whether this node has recently passed on this version of a user's status, or a newer one. */
    boolean hasPassedOn(String subject, long version) {
        return versions.knows(subject, version);
    }

    /**
     * Sends the notices whose window has ended.
     *
     * @param executor runs the sending tasks, one after the other
     */
    public void tick(Executor executor) {
        windows.tick(executor);
        backlog.tick();
    }

    private void write(List<Recipient> recipients, UserEvent event, String subject, long version) {
        if (recipients.isEmpty()) {
            return;
        }
        EncodedPacket packet = event.packetFor(recipients.get(0)); // the same for all of them
        Predicate<Socket> wanted =
                socket -> versions.admits(subject, version) && backlog.passes(socket, subject, version, packet);
        local.tell(recipients, event, wanted, count);
    }
}
