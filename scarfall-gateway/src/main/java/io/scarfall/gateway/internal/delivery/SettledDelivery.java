package io.scarfall.gateway.internal.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import io.scarfall.gateway.Delivery;
import io.scarfall.gateway.internal.delivery.Outcomes.Choice;
import io.scarfall.gateway.internal.message.JsonText;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Delivery} backed by {@link Outcomes}, which are complete before a caller gets it. */
final class SettledDelivery implements Delivery {

    private final String messageId;
    private final Instant timestamp;
    private final List<Recipient> recipients;
    private final Outcomes outcomes;

    SettledDelivery(String messageId, Instant timestamp, List<Recipient> recipients, Outcomes outcomes) {
        this.messageId = messageId;
        this.timestamp = timestamp;
        this.recipients = recipients;
        this.outcomes = outcomes;
    }

    @Override
    public String messageId() {
        return messageId;
    }

    @Override
    public Instant timestamp() {
        return timestamp;
    }

    @Override
    public int total() {
        return recipients.size();
    }

    @Override
    public boolean isSent() {
        return outcomes.any(Outcomes::isSent);
    }

    @Override
    public List<String> sent() {
        return ids(Outcomes::isSent);
    }

    @Override
    public List<String> failed() {
        return ids((all, index) -> !all.isSent(index));
    }

    @Override
    public List<String> uncertain() {
        return ids(Outcomes::isUncertain);
    }

    @Override
    public List<String> partial() {
        return ids(Outcomes::isPartial);
    }

    @Override
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

    @Override
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

    /**
     * What every mapper of an application writes, as {@link #reply} does: the names do not follow its rules, and nothing
     * is left out.
     */
    @JsonValue
    private Body body() {
        boolean sent = isSent();
        return new Body(
                sent ? "sent" : "error",
                sent ? null : error(),
                sent ? null : code(),
                messageId,
                new Recipients(total(), sent(), failed(), uncertain(), partial()),
                new JsonText(32).time(timestamp).bytes().utf8().replace("\"", ""));
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    @JsonPropertyOrder({"status", "error", "code", "messageId", "recipients", "timestamp"})
    private record Body(
            @JsonProperty("status") String status,

            @JsonProperty("error") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String error,

            @JsonProperty("code") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String code,

            @JsonProperty("messageId") String messageId,
            @JsonProperty("recipients") Recipients recipients,
            @JsonProperty("timestamp") String timestamp) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    @JsonPropertyOrder({"total", "sent", "failed", "uncertain", "partial"})
    private record Recipients(
            @JsonProperty("total") int total,
            @JsonProperty("sent") List<String> sent,
            @JsonProperty("failed") List<String> failed,

            @JsonProperty("uncertain") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<String> uncertain,

            @JsonProperty("partial") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<String> partial) {}

    private String error() {
        if (isDegraded()) {
            return "could not look up where the recipients are";
        }
        return isUnreached()
                ? "some recipients may be online but could not be reached"
                : "no recipient is online, or too much output waits for the recipients that are";
    }

    private String code() {
        return isUnreached() ? "unavailable" : "not_delivered";
    }

    /**
     * Whether a recipient that may be online was not reached, because a part of the store or another node was not
     * reached.
     */
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

    /** Contains the message id and counts, no recipients. */
    @Override
    public String toString() {
        return "Delivery[" + messageId + ", total=" + total() + ", sent=" + sent().size() + "]";
    }
}
