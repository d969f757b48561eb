package io.scarfall.gateway.internal.message;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.packet.Arguments;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The request of {@code send_message}: {@code {recipientIds: string[], message: string, metadata: object}}. It is read in
 * one pass over the bytes. Message and metadata stay raw JSON, but {@link #CLAIMS} are removed from metadata.
 *
 * @param recipients each once, in the order of the request
 * @param impossible recipients whose id no user can have, such as an empty one: the message fails for them, and goes to
 *     the others
 * @param message a JSON string
 * @param metadata a JSON object
 */
public record SendMessage(List<Recipient> recipients, List<Recipient> impossible, Bytes message, Bytes metadata) {

    /** The members that metadata must not have: only the connection says where a message comes from. */
    static final Set<String> CLAIMS = Set.of("source", "sender", "senderId", "sender_id", "userId");

    private static final String SOURCE = "source";
    private static final int LONGEST_CLAIM =
            CLAIMS.stream().mapToInt(String::length).max().orElseThrow();

    private static final Bytes RECIPIENT_IDS = Bytes.utf8("recipientIds");
    private static final Bytes MESSAGE = Bytes.utf8("message");
    private static final Bytes METADATA = Bytes.utf8("metadata");
    private static final Bytes NULL = Bytes.utf8("null");
    private static final Bytes EMPTY_STRING = Bytes.utf8("\"\"");
    /** Empty metadata. */
    public static final Bytes EMPTY_OBJECT = Bytes.utf8("{}");

    private static final Bytes BY_SERVICE = Bytes.utf8("\"source\":\"internal_service\"");

    private static final int FEW = 16;

    /**
     * Reads a request.
     *
     * @param byService whether a service sends it: then metadata gets the {@code source} of a service, and keeps all
     *     other members
     * @throws InvalidMessageException if the request is malformed or exceeds a limit
     */
    public static SendMessage read(Arguments arguments, DeliveryConfig limits, boolean byService) {
        if (!arguments.attachments().isEmpty()) {
            throw new InvalidMessageException("message: binary data (expected: JSON)");
        }
        try {
            return read(arguments.json(), limits, byService);
        } catch (MalformedPacketException e) {
            throw new InvalidMessageException("message: malformed (expected: {recipientIds, message, metadata})");
        }
    }

    private static SendMessage read(Bytes json, DeliveryConfig limits, boolean byService) {
        List<Recipient> recipients = List.of();
        List<Recipient> impossible = new ArrayList<>(0);
        Bytes message = null;
        Bytes metadata = EMPTY_OBJECT;
        JsonCursor cursor = new JsonCursor(json);
        cursor.beginObject();
        for (Bytes name; (name = cursor.nextName()) != null; ) {
            if (name.equals(RECIPIENT_IDS)) {
                impossible.clear();
                recipients = recipients(cursor, limits, impossible);
            } else if (name.equals(MESSAGE)) {
                message = message(cursor, limits);
            } else if (name.equals(METADATA)) {
                metadata = metadata(cursor, limits);
            } else {
                cursor.skip();
            }
        }
        if (recipients.isEmpty() && impossible.isEmpty()) {
            throw new InvalidMessageException("recipientIds: empty (expected: 1 to " + limits.maxRecipients() + ")");
        }
        if (message == null) {
            throw new InvalidMessageException("message: missing (expected: a string)");
        }
        if (message.equals(EMPTY_STRING)) {
            throw new InvalidMessageException("message: empty (expected: a string with at least one character)");
        }
        return new SendMessage(recipients, impossible, message, withoutClaims(metadata, byService));
    }

    private static List<Recipient> recipients(JsonCursor cursor, DeliveryConfig limits, List<Recipient> impossible) {
        if (!cursor.isArray()) {
            throw new InvalidMessageException("recipientIds: not an array (expected: an array of strings)");
        }
        List<Recipient> recipients = new ArrayList<>(4);
        Set<String> seen = null;
        cursor.beginArray();
        while (cursor.nextElement()) {
            Recipient recipient = Recipient.read(cursor);
            if (recipient == null) {
                throw new InvalidMessageException(
                        "recipientIds: an element is not an id (expected: an array of strings or integers)");
            }
            List<Recipient> kind =
                    Identity.isUserId(recipient.id(), limits.maxUserIdLength()) ? recipients : impossible;
            int count = recipients.size() + impossible.size();
            if (count == FEW && seen == null) {
                seen = new HashSet<>(64);
                addIds(recipients, seen);
                addIds(impossible, seen);
            }
            if (seen == null ? isNew(recipient, kind) : seen.add(recipient.id())) {
                if (count == limits.maxRecipients()) {
                    throw tooMany(limits);
                }
                kind.add(recipient);
            }
        }
        return recipients;
    }

    private static void addIds(List<Recipient> recipients, Set<String> ids) {
        for (Recipient recipient : recipients) {
            ids.add(recipient.id());
        }
    }

    static InvalidMessageException tooMany(DeliveryConfig limits) {
        return new InvalidMessageException(
                "recipientIds: too many (expected: at most " + limits.maxRecipients() + ")", GatewayLimit.RECIPIENTS);
    }

    private static boolean isNew(Recipient recipient, List<Recipient> recipients) {
        for (Recipient before : recipients) {
            if (before.id().equals(recipient.id())) {
                return false;
            }
        }
        return true;
    }

    private static Bytes message(JsonCursor cursor, DeliveryConfig limits) {
        if (!cursor.isString()) {
            throw new InvalidMessageException("message: not a string (expected: a string)");
        }
        return bounded("message", cursor.value(), limits.maxMessageBytes(), GatewayLimit.MESSAGE_BYTES);
    }

    private static Bytes metadata(JsonCursor cursor, DeliveryConfig limits) {
        boolean isObject = cursor.isObject();
        Bytes metadata = cursor.value();
        if (isObject) {
            return bounded("metadata", metadata, limits.maxMetadataBytes(), GatewayLimit.METADATA_BYTES);
        }
        if (metadata.equals(NULL)) {
            return EMPTY_OBJECT;
        }
        throw new InvalidMessageException("metadata: not an object (expected: an object)");
    }

    /**
     * Checks the length of a part of a message.
     *
     * @throws InvalidMessageException if the part is too long; the error names it
     */
    public static Bytes bounded(String name, Bytes value, int maxBytes, GatewayLimit limit) {
        if (value.length() > maxBytes) {
            throw new InvalidMessageException(
                    name + ": " + value.length() + " bytes (expected: at most " + maxBytes + ")", limit);
        }
        return value;
    }

    /**
     * Removes {@link #CLAIMS} from metadata; for a service, replaces {@code source} only. Metadata without such members
     * is returned as it is.
     */
    public static Bytes withoutClaims(Bytes metadata, boolean byService) {
        if (!byService && !hasClaim(metadata)) {
            return metadata;
        }
        JsonText kept = new JsonText(metadata.length() + BY_SERVICE.length() + 2).ascii("{");
        boolean first = true;
        if (byService) {
            kept.raw(BY_SERVICE);
            first = false;
        }
        JsonCursor cursor = new JsonCursor(metadata);
        cursor.beginObject();
        int from = cursor.position();
        for (Bytes name; (name = cursor.nextName()) != null; ) {
            cursor.skip();
            if (!isClaim(name, byService)) {
                kept.ascii(first ? "" : ",").raw(member(metadata, from, cursor.position()));
                first = false;
            }
            from = cursor.position();
        }
        return kept.ascii("}").bytes();
    }

    private static boolean hasClaim(Bytes metadata) {
        JsonCursor cursor = new JsonCursor(metadata);
        cursor.beginObject();
        for (Bytes name; (name = cursor.nextName()) != null; ) {
            if (isClaim(name, false)) {
                return true;
            }
            cursor.skip();
        }
        return false;
    }

    private static boolean isClaim(Bytes name, boolean byService) {
        boolean escaped = false;
        for (int i = 0; i < name.length() && !escaped; i++) {
            escaped = name.at(i) == '\\';
        }
        if (!escaped && name.length() > LONGEST_CLAIM) {
            return false;
        }
        String text = escaped ? unescaped(name) : name.utf8();
        return byService ? text.equals(SOURCE) : CLAIMS.contains(text);
    }

    private static String unescaped(Bytes name) {
        return new JsonCursor(new JsonText(name.length() + 2)
                        .ascii("\"")
                        .raw(name)
                        .ascii("\"")
                        .bytes())
                .string();
    }

    /** Cuts out the member between two positions, without the comma and the white space before it. */
    private static Bytes member(Bytes metadata, int from, int to) {
        int start = from;
        while (metadata.at(start) != '"') {
            start++;
        }
        return metadata.slice(start, to);
    }
}
