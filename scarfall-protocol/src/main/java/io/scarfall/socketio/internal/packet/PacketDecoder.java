package io.scarfall.socketio.internal.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.json.Placeholders;
import io.scarfall.socketio.internal.packet.Packet.Ack;
import io.scarfall.socketio.internal.packet.Packet.Connect;
import io.scarfall.socketio.internal.packet.Packet.ConnectError;
import io.scarfall.socketio.internal.packet.Packet.Disconnect;
import io.scarfall.socketio.internal.packet.Packet.Event;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decodes texts and attachments to packets (Socket.IO protocol 5, "Packet encoding"); one decoder per connection. It
 * refuses everything that is no packet by the specification; after a refusal the connection must end. Not thread-safe.
 */
public final class PacketDecoder {

    /** Names that implementations of the protocol use internally: an event with such a name is malformed. */
    public static final Set<String> RESERVED_EVENTS =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private static final long MAX_ID = (1L << 53) - 1;

    /** How much memory a part of an incomplete packet takes in addition to its content. */
    private static final int ATTACHMENT_OVERHEAD = 64;

    private final int maxAttachments;
    private final JsonLimits limits;
    private final List<Bytes> attachments = new ArrayList<>(0);
    private @Nullable Packet incomplete;
    private int missing;
    private int incompleteBytes;

    private Bytes text = Bytes.EMPTY;
    private int at;

    /** Makes a decoder with the default limits of JSON. */
    public PacketDecoder(int maxAttachments) {
        this(maxAttachments, JsonLimits.DEFAULT);
    }

    /** @param maxAttachments how many attachments a packet may have */
    public PacketDecoder(int maxAttachments, JsonLimits limits) {
        this.limits = limits;
        if (maxAttachments < 0) {
            throw new IllegalArgumentException("maxAttachments: " + maxAttachments + " (expected: >= 0)");
        }
        this.maxAttachments = maxAttachments;
    }

    /**
     * Decodes a text message.
     *
     * @param message well-formed UTF-8
     * @return the packet; null if its attachments must come first
     * @throws MalformedPacketException if the text is no packet, or if attachments are awaited
     */
    public @Nullable Packet text(Bytes message) {
        if (incomplete != null) {
            throw new MalformedPacketException("a text message where an attachment was expected");
        }
        text = message;
        at = 0;
        Packet packet = packet();
        text = Bytes.EMPTY;
        if (missing == 0) {
            return packet;
        }
        incomplete = alone(packet);
        incompleteBytes = message.length() + ATTACHMENT_OVERHEAD;
        return null;
    }

    /**
     * Decodes a binary message.
     *
     * @return the packet, if this was its last attachment; null if more must come
     * @throws MalformedPacketException if no attachment is awaited
     */
    public @Nullable Packet binary(Bytes message) {
        Packet packet = incomplete;
        if (packet == null) {
            throw new MalformedPacketException("a binary message where none was announced");
        }
        attachments.add(message);
        incompleteBytes += message.length() + ATTACHMENT_OVERHEAD;
        if (--missing > 0) {
            return null;
        }
        incomplete = null;
        incompleteBytes = 0;
        List<Bytes> complete = List.copyOf(attachments);
        attachments.clear();
        if (packet instanceof Event event) {
            Arguments arguments = new Arguments(event.arguments().json(), complete);
            return new Event(event.namespace(), event.id(), event.name(), arguments);
        } else if (packet instanceof Ack ack) {
            return new Ack(
                    ack.namespace(), ack.id(), new Arguments(ack.arguments().json(), complete));
        }
        throw new AssertionError(packet);
    }

    /** The packet whose attachments are awaited; null if there is none. */
    public @Nullable Packet incomplete() {
        return incomplete;
    }

    /** How many bytes of an incomplete packet are kept. */
    public int incompleteBytes() {
        return incompleteBytes;
    }

    private Packet packet() {
        if (text.isEmpty()) {
            throw new MalformedPacketException("empty packet");
        }
        char type = (char) text.at(at++);
        boolean binary = type == '5' || type == '6';
        missing = binary ? attachmentCount() : 0;
        String namespace = namespace();
        long id = id();
        Bytes json = text.from(at);
        return switch (type) {
            case '0' -> new Connect(namespace, json.isEmpty() ? null : object(json));
            case '1' -> disconnect(namespace, json);
            case '2', '5' -> event(namespace, id, json);
            case '3', '6' -> new Ack(namespace, id, json.isEmpty() ? Arguments.NONE : arguments(json));
            case '4' -> new ConnectError(namespace, object(json));
            default -> throw new MalformedPacketException("unknown packet type (expected: 0 to 6)");
        };
    }

    /** Copies the JSON of a packet: the message around it, such as the body of a POST, may be much larger. */
    private static Packet alone(Packet packet) {
        if (packet instanceof Event event) {
            Bytes json = Bytes.wrap(event.arguments().json().toByteArray());
            return new Event(event.namespace(), event.id(), event.name(), new Arguments(json, List.of()));
        } else if (packet instanceof Ack ack) {
            Bytes json = Bytes.wrap(ack.arguments().json().toByteArray());
            return new Ack(ack.namespace(), ack.id(), new Arguments(json, List.of()));
        }
        throw new AssertionError(packet);
    }

    private int attachmentCount() {
        int from = at;
        int count = 0;
        while (at < text.length() && isDigit(text.at(at)) && count <= maxAttachments) {
            count = count * 10 + (text.at(at++) - '0');
        }
        if (at == from || count == 0 || at == text.length() || text.at(at) != '-') {
            throw new MalformedPacketException("illegal attachments (expected: 1 to " + maxAttachments + ", then '-')");
        }
        if (count > maxAttachments) {
            throw new MalformedPacketException(
                    "too many attachments (expected: at most " + maxAttachments + ")", Limit.ATTACHMENTS);
        }
        at++;
        return count;
    }

    private String namespace() {
        if (at == text.length() || text.at(at) != '/') {
            return Packet.MAIN_NAMESPACE;
        }
        int from = at;
        while (at < text.length() && text.at(at) != ',') {
            at++;
        }
        Bytes name = text.slice(from, at);
        if (at < text.length()) {
            at++;
        }
        return name.length() == 1 ? Packet.MAIN_NAMESPACE : name.utf8();
    }

    private long id() {
        if (at == text.length() || !isDigit(text.at(at))) {
            return Packet.NO_ID;
        }
        long id = 0;
        while (at < text.length() && isDigit(text.at(at))) {
            id = id * 10 + (text.at(at++) - '0');
            if (id > MAX_ID) {
                throw new MalformedPacketException("id is too large (expected: below 2^53)");
            }
        }
        return id;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private JsonCursor cursor(Bytes json) {
        return new JsonCursor(json, limits.maxDepth(), limits.maxNumberLength(), limits.maxKeys());
    }

    private Bytes object(Bytes json) {
        JsonCursor cursor = cursor(json);
        if (!cursor.isObject()) {
            throw new MalformedPacketException("payload of CONNECT or CONNECT_ERROR (expected: an object)");
        }
        Bytes object = cursor.value();
        cursor.end();
        return object;
    }

    private static Packet disconnect(String namespace, Bytes json) {
        if (!json.isEmpty()) {
            throw new MalformedPacketException("payload of DISCONNECT (expected: none)");
        }
        return new Disconnect(namespace);
    }

    private Event event(String namespace, long id, Bytes json) {
        JsonCursor cursor = cursor(json);
        cursor.beginArray();
        if (!cursor.nextElement()) {
            throw new MalformedPacketException("event without a name");
        }
        String name = cursor.isString() ? cursor.string() : number(cursor.value());
        if (RESERVED_EVENTS.contains(name)) {
            throw new MalformedPacketException("reserved event name");
        }
        return new Event(namespace, id, name, rest(cursor, json));
    }

    private static String number(Bytes value) {
        byte first = value.at(0);
        if (first != '-' && !isDigit(first)) {
            throw new MalformedPacketException("event name (expected: a string or a number)");
        }
        return value.utf8();
    }

    private Arguments arguments(Bytes json) {
        JsonCursor cursor = cursor(json);
        cursor.beginArray();
        return rest(cursor, json);
    }

    /** Reads the rest of an array, up to the end of the text. */
    private Arguments rest(JsonCursor cursor, Bytes json) {
        int from = -1;
        int to = -1;
        for (int count = 1; cursor.nextElement(); count++) {
            if (count > limits.maxArguments()) {
                throw new MalformedPacketException(
                        "too many arguments (expected: at most " + limits.maxArguments() + ")", Limit.ARGUMENTS);
            }
            from = from < 0 ? cursor.position() : from;
            if (missing > 0) {
                Placeholders.check(cursor, missing);
            } else {
                cursor.skip();
            }
            to = cursor.position();
        }
        cursor.end();
        return from < 0 ? Arguments.NONE : new Arguments(json.slice(from, to), List.of());
    }
}
