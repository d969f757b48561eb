package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * The peer sent a malformed packet, or arguments that do not fit the type that the application reads. It has no stack
 * trace, because peers may cause it as often as they like. Its message says what was expected, and contains nothing
 * that was received.
 */
public final class MalformedPacketException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Limit limit;
    private final @Nullable String path;

    /** A packet that exceeds no limit, but is malformed. */
    public MalformedPacketException(String message) {
        this(message, null);
    }

    /** @param limit the limit that the packet exceeds; null if it is malformed for another reason */
    public MalformedPacketException(String message, @Nullable Limit limit) {
        this(message, limit, null);
    }

    private MalformedPacketException(String message, @Nullable Limit limit, @Nullable String path) {
        super(message, null, false, false);
        this.limit = limit;
        this.path = path;
    }

    /**
     * Arguments of an event or ack that do not fit. The message is {@code invalid arguments: } and the path.
     *
     * @param path where the wrong value is, such as {@code [0].items[2].price} for the first argument; see {@link #path}
     */
    public static MalformedPacketException at(String path) {
        return new MalformedPacketException("invalid arguments: " + path, null, path);
    }

    /** As {@link #at(String)}, with what is wrong with the value in a few words, such as {@code is missing}. */
    public static MalformedPacketException at(String path, String problem) {
        return new MalformedPacketException("invalid arguments: " + path + " " + problem, null, path);
    }

    /**
     * Where in the arguments the wrong value is; null if it is not about arguments. It is short, and contains no value
     * and no key of a map: these come from the peer.
     */
    public @Nullable String path() {
        return path;
    }

    /** The limit that the packet exceeds; null if it is malformed for another reason. */
    public @Nullable Limit limit() {
        return limit;
    }
}
