package io.scarfall.socketio.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * A type of the application cannot be read from JSON, or a value cannot be written: a fault of the server, whatever the
 * client sent. The message names the type and the path, and contains no value.
 */
public final class JsonTypeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private static final int MAX_REASON_LENGTH = 300;

    private final String action;
    private final String path;
    private final String reason;

    private JsonTypeException(String action, String path, String reason, @Nullable Throwable cause) {
        super("cannot be " + action + " JSON: " + path + " " + reason, cause);
        this.action = action;
        this.path = path;
        this.reason = reason;
    }

    /**
     * A type cannot be read, for example because it has no constructor that Jackson can use.
     *
     * @param path where in the value it is
     * @param reason in the words of the library; what it quotes from the input is left out
     */
    public static JsonTypeException read(String path, String type, @Nullable String reason) {
        return new JsonTypeException("read from", path, type + ": " + withoutInput(reason), null);
    }

    /**
     * A value cannot be written, for example because its type has no properties.
     *
     * @param path where in the arguments it is
     * @param cause what a method of the application threw; null if it threw nothing
     */
    public static JsonTypeException written(
            String path, String type, @Nullable String reason, @Nullable Throwable cause) {
        return new JsonTypeException("written as", path, type + ": " + withoutInput(reason), cause);
    }

    /** The same for a value that is inside another. */
    public JsonTypeException inside(String outer) {
        return new JsonTypeException(action, outer + path, reason, getCause());
    }

    /** Jackson quotes values as {@code ('value')}, and appends where in its source they are. */
    private static String withoutInput(@Nullable String reason) {
        String text = reason == null ? "unknown reason" : reason;
        int quoted = text.indexOf("('");
        int end = Math.min(quoted < 0 ? text.length() : quoted, MAX_REASON_LENGTH);
        return text.substring(0, end).replaceAll("\\p{Cntrl}", " ").strip();
    }
}
