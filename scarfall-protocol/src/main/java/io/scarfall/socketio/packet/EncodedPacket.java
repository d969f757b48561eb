package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import java.util.List;

/**
 * A packet that is encoded once and sent to any number of receivers: its text, then its attachments as binary messages,
 * with no other message of the same session in between. Immutable and thread-safe.
 *
 * @param text the text after the Engine.IO message type, in UTF-8
 * @param attachments the binary messages that follow
 */
public record EncodedPacket(Bytes text, List<Bytes> attachments) {

    /** How many bytes the packet has, without the framing of a transport. */
    public int length() {
        int length = text.length();
        for (Bytes attachment : attachments) {
            length += attachment.length();
        }
        return length;
    }
}
