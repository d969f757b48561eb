package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or ack: JSON that stays raw until somebody looks inside, with its binary attachments beside
 * it. Immutable and thread-safe.
 *
 * @param json the arguments as JSON texts with commas between them, without brackets; empty for no arguments. It is
 *     valid JSON: it came from the decoder, or from Jackson
 * @param attachments the binary data that placeholders {@code {"_placeholder": true, "num": n}} in the JSON stand for
 */
public record Arguments(Bytes json, List<Bytes> attachments) {

    /** No arguments. */
    public static final Arguments NONE = new Arguments(Bytes.EMPTY, List.of());

    public Arguments {
        attachments = List.copyOf(attachments);
    }

    /**
     * Returns the arguments that stand for some values. {@code byte[]}, {@link Bytes} and {@link java.nio.ByteBuffer} (what
     * remains in it; copied) become attachments wherever they are inside; NaN and infinite numbers become null, as in
     * JavaScript; {@link RawJson} is passed on as it is, and so are {@link Arguments} that are the only value; everything
     * else is written by Jackson.
     *
     * @throws IllegalArgumentException if Jackson cannot write a value
     */
    public static Arguments of(@Nullable Object... values) {
        if (values.length == 0) {
            return NONE;
        }
        if (values.length == 1 && values[0] instanceof Arguments arguments) {
            return arguments;
        }
        List<Bytes> attachments = new ArrayList<>(0);
        Bytes json = JsonBinding.write(values, attachments);
        return new Arguments(json, attachments);
    }

    /** Splits the arguments into their JSON texts. */
    public List<Bytes> split() {
        if (json.isEmpty()) {
            return List.of();
        }
        List<Bytes> texts = new ArrayList<>(4);
        int start = 0;
        while (true) {
            JsonCursor cursor = new JsonCursor(json.from(start));
            texts.add(cursor.value());
            int comma = start + cursor.position();
            while (comma < json.length() && json.at(comma) != ',') {
                comma++;
            }
            if (comma == json.length()) {
                return texts;
            }
            start = comma + 1;
        }
    }

    /** How many arguments there are. */
    public int size() {
        return split().size();
    }

    /** Returns the JSON text of an argument; {@code null} as text if there are fewer arguments. */
    public Bytes raw(int index) {
        if (index == 0 && !json.isEmpty()) {
            return new JsonCursor(json).value();
        }
        List<Bytes> texts = split();
        return index < texts.size() ? texts.get(index) : RawJson.NULL.json();
    }

    /**
     * Reads an argument as a type of the application, with Jackson's streaming reader; {@code byte[]}, {@link Bytes} and
     * {@link java.nio.ByteBuffer} take attachments, {@link RawJson} takes the text itself. Returns null for JSON's null and for an argument that is
     * not there.
     *
     * @throws MalformedPacketException if the argument does not fit the type
     */
    public <T> @Nullable T get(int index, Class<T> type) {
        return JsonBinding.read(raw(index), attachments, type);
    }

    /**
     * Reads an argument as {@link #get} does, and insists on it.
     *
     * @throws MalformedPacketException also for JSON's null, and for an argument that is not there
     */
    public <T> T require(int index, Class<T> type) {
        T value = get(index, type);
        if (value == null) {
            throw new MalformedPacketException("argument " + index + " is missing");
        }
        return value;
    }

    /** Reads an argument as {@link #get} does; the fallback stands for JSON's null, and for an argument that is not there. */
    public <T> T get(int index, Class<T> type, T fallback) {
        T value = get(index, type);
        return value == null ? fallback : value;
    }
}
