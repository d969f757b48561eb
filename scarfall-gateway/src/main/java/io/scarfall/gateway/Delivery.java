package io.scarfall.gateway;

import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.List;

/**
 * What became of a message, recipient by recipient. Every recipient is either sent or failed: sent if the message was
 * handed to at least one live, authenticated socket, on whichever node. Immutable and thread-safe.
 */
public interface Delivery {

    /** The id that the receivers read too. */
    String messageId();

    /** When the message was accepted. */
    Instant timestamp();

    /** How many recipients there were, each counted once. */
    int total();

    /** Whether anybody got it. */
    boolean isSent();

    /** Those whom it was handed to. */
    List<String> sent();

    /** All others. */
    List<String> failed();

    /** Those of the failed whose outcome could not be learned: they may have got it. */
    List<String> uncertain();

    /**
     * Those of the sent of whom another device may have missed it: too much waited for it already; or another node that
     * holds a session of theirs, as far as the store knows, did not confirm that it handed it to one; or the store did not
     * say where else they are; or a session of theirs was reaped within the last minute, and its node may only be cut off from
     * the store.
     */
    List<String> partial();

    /** Whether it could not be learned where recipients are, so that only this node's own sockets were served. */
    boolean isDegraded();

    /**
     * The answer to {@code send_message}: {@code {status, messageId, recipients: {total, sent, failed}, timestamp}}, with
     * {@code error} and {@code code} where the status is {@code error}, and with {@code recipients.uncertain} and {@code
     * recipients.partial} where they are not empty.
     */
    Arguments reply();
}
