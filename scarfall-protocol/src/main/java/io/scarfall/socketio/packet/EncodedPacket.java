package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import java.util.List;

/**
 * A packet encoded once, to be sent to any number of receivers: its text, then its attachments as binary messages, with
 * no other message of the same session in between.
 *
 * @param text what follows the Engine.IO message type, in UTF-8
 */
public record EncodedPacket(Bytes text, List<Bytes> attachments) {

    /** How many bytes the packet has, without the frames of a transport. */
    public int length() {
        int length = text.length();
        for (Bytes attachment : attachments) {
            length += attachment.length();
        }
        return length;
    }
}
