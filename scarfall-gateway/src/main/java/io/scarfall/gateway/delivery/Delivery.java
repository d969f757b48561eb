package io.scarfall.gateway.delivery;

import io.scarfall.gateway.delivery.Outcomes.Choice;
import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of a message, recipient by recipient. Every recipient is either sent or failed: sent if the message was
 * handed to at least one live, authenticated socket, on whichever node. Immutable and thread-safe.
 */
public final class Delivery {

    private final String messageId;
    private final Instant timestamp;
    private final List<Recipient> recipients;
    private final Outcomes outcomes;

    Delivery(String messageId, Instant timestamp, List<Recipient> recipients, Outcomes outcomes) {
        this.messageId = messageId;
        this.timestamp = timestamp;
        this.recipients = recipients;
        this.outcomes = outcomes;
    }

    /** The id that the receivers read too. */
    public String messageId() {
        return messageId;
    }

    /** When the message was accepted. */
    public Instant timestamp() {
        return timestamp;
    }

    /** How many recipients there were, each counted once. */
    public int total() {
        return recipients.size();
    }

    /** Whether anybody got it. */
    public boolean isSent() {
        return outcomes.any(Outcomes::isSent);
    }

    /** Those whom it was handed to. */
    public List<String> sent() {
        return ids(Outcomes::isSent);
    }

    /** All others. */
    public List<String> failed() {
        return ids((all, index) -> !all.isSent(index));
    }

    /** Those of the failed whose outcome could not be learned: they may have got it. */
    public List<String> uncertain() {
        return ids(Outcomes::isUncertain);
    }

    /**
     * Those of the sent of whom another device may have missed it: too much waited for it already; or another node that
     * holds a session of theirs, as far as the store knows, did not confirm that it handed it to one; or the store did not
     * say where else they are; or a session of theirs was reaped within the last minute, and its node may only be cut off from
     * the store.
     */
    public List<String> partial() {
        return ids(Outcomes::isPartial);
    }

    /** Whether it could not be learned where recipients are, so that only this node's own sockets were served. */
    public boolean isDegraded() {
        return outcomes.isDegraded();
    }

    private List<String> ids(Choice choice) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < recipients.size(); i++) {
            if (choice.takes(outcomes, i)) {
                ids.add(recipients.get(i).id());
            }
        }
        return List.copyOf(ids);
    }

    /**
     * The answer to {@code send_message}: {@code {status, messageId, recipients: {total, sent, failed}, timestamp}}, with
     * {@code error} and {@code code} where the status is {@code error}, and with {@code recipients.uncertain} and {@code
     * recipients.partial} where they are not empty.
     */
    public Arguments reply() {
        JsonText text = new JsonText(192 + idLength());
        if (isSent()) {
            text.ascii("{\"status\":\"sent\"");
        } else {
            text.ascii("{\"status\":\"error\",\"error\":\"")
                    .ascii(error())
                    .ascii("\",\"code\":\"")
                    .ascii(code())
                    .ascii("\"");
        }
        text.ascii(",\"messageId\":\"")
                .ascii(messageId)
                .ascii("\",\"recipients\":{\"total\":")
                .number(total());
        append(text.ascii(",\"sent\":["), Outcomes::isSent);
        append(text.ascii("],\"failed\":["), (all, index) -> !all.isSent(index));
        if (outcomes.any(Outcomes::isUncertain)) {
            append(text.ascii("],\"uncertain\":["), Outcomes::isUncertain);
        }
        if (outcomes.any(Outcomes::isPartial)) {
            append(text.ascii("],\"partial\":["), Outcomes::isPartial);
        }
        text.ascii("]},\"timestamp\":").time(timestamp).ascii("}");
        return new Arguments(text.bytes(), List.of());
    }

    private String error() {
        if (isDegraded()) {
            return "it cannot be learned where the recipients are";
        }
        return isUnreached()
                ? "some recipients may be online, and were not reached"
                : "no recipient is online, or too much waits for those that are";
    }

    private String code() {
        return isUnreached() ? "unavailable" : "not_delivered";
    }

    /** Whether recipients may be online to whom it did not go, as a part of the store or another node was not reached. */
    private boolean isUnreached() {
        return outcomes.any(Outcomes::isUnreached);
    }

    private int idLength() {
        int length = 0;
        for (Recipient recipient : recipients) {
            length += recipient.json().length() + 1;
        }
        return length;
    }

    private void append(JsonText text, Choice choice) {
        boolean first = true;
        for (int i = 0; i < recipients.size(); i++) {
            if (choice.takes(outcomes, i)) {
                text.ascii(first ? "" : ",").raw(recipients.get(i).json());
                first = false;
            }
        }
    }

    /** Tells the id and numbers only. */
    @Override
    public String toString() {
        return "Delivery[" + messageId + ", total=" + total() + ", sent=" + sent().size() + "]";
    }
}
