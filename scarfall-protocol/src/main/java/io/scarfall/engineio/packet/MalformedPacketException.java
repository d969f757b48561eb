package io.scarfall.engineio.packet;

/**
 * The peer sent something that is no packet. It is the peer's fault and as frequent as the peer likes, so it carries no
 * stack trace; its message tells what was expected, never what was received.
 */
public final class MalformedPacketException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public MalformedPacketException(String message) {
        super(message, null, false, false);
    }
}
