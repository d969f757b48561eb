package io.scarfall.socketio.internal.packet;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.internal.packet.Packet.Ack;
import io.scarfall.socketio.internal.packet.Packet.Connect;
import io.scarfall.socketio.internal.packet.Packet.ConnectError;
import io.scarfall.socketio.internal.packet.Packet.Disconnect;
import io.scarfall.socketio.internal.packet.Packet.Event;
import io.scarfall.socketio.packet.EncodedPacket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Encodes packets to text and attachments (Socket.IO protocol 5, "Packet encoding"): {@code type [attachments "-"]
 * [namespace ","] [id] [json]}. Stateless.
 */
public final class PacketEncoder {

    private static final byte[] NOTHING = {};

    private PacketEncoder() {}

    /** Encodes a packet. */
    public static EncodedPacket encode(Packet packet) {
        if (packet instanceof Event event) {
            return event(event);
        } else if (packet instanceof Ack ack) {
            List<Bytes> attachments = ack.arguments().attachments();
            char type = attachments.isEmpty() ? '3' : '6';
            Text text = new Text(
                    type,
                    attachments.size(),
                    ack.namespace(),
                    ack.id(),
                    ack.arguments().json(),
                    2);
            text.append('[').append(ack.arguments().json()).append(']');
            return new EncodedPacket(text.bytes(), attachments);
        } else if (packet instanceof Connect connect) {
            return plain('0', connect.namespace(), connect.data() == null ? Bytes.EMPTY : connect.data());
        } else if (packet instanceof Disconnect disconnect) {
            return plain('1', disconnect.namespace(), Bytes.EMPTY);
        } else if (packet instanceof ConnectError error) {
            return plain('4', error.namespace(), error.data());
        }
        throw new AssertionError(packet);
    }

    private static EncodedPacket event(Event event) {
        Bytes json = event.arguments().json();
        List<Bytes> attachments = event.arguments().attachments();
        byte[] name = quote(event.name());
        char type = attachments.isEmpty() ? '2' : '5';
        Text text = new Text(type, attachments.size(), event.namespace(), event.id(), json, name.length + 3);
        text.append('[').append(name);
        if (!json.isEmpty()) {
            text.append(',').append(json);
        }
        text.append(']');
        return new EncodedPacket(text.bytes(), attachments);
    }

    private static EncodedPacket plain(char type, String namespace, Bytes json) {
        Text text = new Text(type, 0, namespace, Packet.NO_ID, json, 0);
        return new EncodedPacket(text.append(json).bytes(), List.of());
    }

    /** Quotes a name. {@code quoteAsUTF8} would throw for an unpaired surrogate, which becomes {@code ?} here. */
    private static byte[] quote(String name) {
        String inner = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(name));
        return ('"' + inner + '"').getBytes(StandardCharsets.UTF_8);
    }

    /** The text of a packet while it is written, in an array of the final length. */
    private static final class Text {

        private final byte[] array;
        private int length;

        /** Writes all that precedes the JSON, and leaves room for the JSON and for {@code more} bytes. */
        Text(char type, int attachments, String namespace, long id, Bytes json, int more) {
            byte[] count = attachments == 0 ? NOTHING : ascii(attachments + "-");
            byte[] name = namespace.equals(Packet.MAIN_NAMESPACE)
                    ? NOTHING
                    : (namespace + ",").getBytes(StandardCharsets.UTF_8);
            byte[] number = id == Packet.NO_ID ? NOTHING : ascii(Long.toString(id));
            array = new byte[1 + count.length + name.length + number.length + json.length() + more];
            append(type).append(count).append(name).append(number);
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        Text append(char c) {
            array[length++] = (byte) c;
            return this;
        }

        Text append(byte[] bytes) {
            System.arraycopy(bytes, 0, array, length, bytes.length);
            length += bytes.length;
            return this;
        }

        Text append(Bytes bytes) {
            length = bytes.copyTo(array, length);
            return this;
        }

        Bytes bytes() {
            return Bytes.wrap(array, 0, length);
        }
    }
}
