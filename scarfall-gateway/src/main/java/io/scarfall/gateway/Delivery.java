package io.scarfall.gateway;

import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.List;

/**
 * The outcome of a message for each recipient. A recipient is either <em>sent</em> or <em>failed</em>: sent if at least one
 * live, authenticated socket of the user took the message, on any node. Immutable and thread-safe.
 *
 * <p>A mapper of Jackson 2 or 3 writes it as {@link #reply} looks, for example as the answer of a REST controller.
 */
public interface Delivery {

    /** The id of the message; recipients get the same one. */
    String messageId();

    /** When the node accepted the message. */
    Instant timestamp();

    /** The number of recipients; a repeated one counts once. */
    int total();

    /** Whether at least one recipient got the message. */
    boolean isSent();

    /** The recipients that got the message. */
    List<String> sent();

    /** The recipients that did not, as far as is known. */
    List<String> failed();

    /** The failed recipients whose outcome is unknown: they may have got the message. */
    List<String> uncertain();

    /**
     * The sent recipients with another device that may have missed the message. This is so if too much unsent output waits for
     * the device, or if another node that holds a session of the user did not confirm the delivery. It is also so if the store did not
     * list the user's nodes, or removed a session of the user within the last minute: the node of that session may only be cut
     * off from the store.
     */
    List<String> partial();

    /**
     * Whether the store did not list the nodes of the recipients, so that only sockets of this node were reached.
     */
    boolean isDegraded();

    /**
     * The answer to {@code send_message}: {@code {status, messageId, recipients: {total, sent, failed}, timestamp}}. It has
     * {@code error} and {@code code} if the status is {@code error}, and {@code recipients.uncertain} and {@code
     * recipients.partial} if these are not empty.
     */
    Arguments reply();
}
