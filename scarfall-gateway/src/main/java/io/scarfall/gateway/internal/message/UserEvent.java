package io.scarfall.gateway.internal.message;

import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.util.List;

/**
 * An event for users, encoded once. The event is either the same for all recipients, or contains the recipient's id right
 * after {@link #RECIPIENT}. In the second case each recipient costs one copy of the bytes, and no encoding.
 *
 * @param packet the packet to send, without the recipient's id
 * @param idAt where in the packet's text the recipient's id goes, as a JSON string; {@link #NOWHERE} for an event without
 *     it
 */
public record UserEvent(EncodedPacket packet, int idAt) {

    /** The event is the same for all recipients. */
    public static final int NOWHERE = -1;

    /** The beginning of the first argument of an event that contains the recipient's id. */
    public static final Bytes RECIPIENT = Bytes.utf8("{\"recipientId\":");

    /** Checks that {@code idAt} lies within the packet. */
    public UserEvent {
        if (idAt < NOWHERE || idAt > packet.text().length()) {
            throw new IllegalArgumentException("idAt: " + idAt + " (expected: within the packet)");
        }
    }

    /** Encodes an event that is the same for all recipients. */
    public static UserEvent of(String name, Arguments arguments) {
        return new UserEvent(
                PacketEncoder.encode(new Packet.Event(Packet.MAIN_NAMESPACE, Packet.NO_ID, name, arguments)), NOWHERE);
    }

    /**
     * Encodes an event whose argument contains the recipient's id.
     *
     * @param argument {@link #RECIPIENT}, and what follows the recipient's id
     */
    public static UserEvent addressed(String name, Bytes argument) {
        EncodedPacket packet = of(name, new Arguments(argument, List.of())).packet();
        int behindArgument = packet.text().length() - "]".length();
        return new UserEvent(packet, behindArgument - argument.length() + RECIPIENT.length());
    }

    /** The packet for one recipient. */
    public EncodedPacket packetFor(Recipient recipient) {
        if (idAt == NOWHERE) {
            return packet;
        }
        Bytes text = packet.text();
        Bytes id = recipient.json();
        byte[] array = new byte[text.length() + id.length()];
        int at = text.slice(0, idAt).copyTo(array, 0);
        at = id.copyTo(array, at);
        text.from(idAt).copyTo(array, at);
        return new EncodedPacket(Bytes.wrap(array), packet.attachments());
    }

    /** The approximate size of the packet for one recipient, in bytes. */
    public int length() {
        return packet.length();
    }
}
