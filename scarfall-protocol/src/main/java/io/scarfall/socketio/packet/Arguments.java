package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or ack: JSON that stays raw until an application reads it, and its binary attachments.
 * Immutable and thread-safe. Indices begin at 0.
 *
 * @param json the arguments as JSON texts with commas between them, without brackets; empty for no arguments. It must
 *     be valid JSON: it comes from the decoder or from Jackson
 * @param attachments the binary data of the placeholders {@code {"_placeholder": true, "num": n}} in the JSON; copied
 */
public record Arguments(Bytes json, List<Bytes> attachments) {

    /** No arguments. */
    public static final Arguments NONE = new Arguments(Bytes.EMPTY, List.of());

    public Arguments {
        attachments = List.copyOf(attachments);
    }

    /**
     * Returns arguments with these values. {@code byte[]}, {@link Bytes} and {@link java.nio.ByteBuffer} (a copy of its
     * remaining bytes) become attachments, also inside other values. NaN and infinite numbers become null, as in
     * JavaScript. {@link RawJson} is passed on as it is, and so are {@link Arguments} that are the only value. Jackson
     * writes all other values.
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

    /** Returns the JSON text of an argument; the text {@code null} if there are fewer arguments. */
    public Bytes raw(int index) {
        if (index == 0 && !json.isEmpty()) {
            return new JsonCursor(json).value();
        }
        List<Bytes> texts = split();
        return index < texts.size() ? texts.get(index) : RawJson.NULL.json();
    }

    /**
     * Reads an argument as a type of the application, with Jackson's streaming reader; {@code byte[]}, {@link Bytes}
     * and {@link java.nio.ByteBuffer} read attachments, {@link RawJson} the text itself. Returns null for a null in the
     * JSON, and for a missing argument.
     *
     * @throws MalformedPacketException if the argument does not fit the type
     */
    public <T> @Nullable T get(int index, Class<T> type) {
        return JsonBinding.read(raw(index), attachments, type);
    }

    /**
     * Reads an argument that must be there, as {@link #get} does.
     *
     * @throws MalformedPacketException if the argument is missing, null, or does not fit the type
     */
    public <T> T require(int index, Class<T> type) {
        T value = get(index, type);
        if (value == null) {
            throw new MalformedPacketException("argument " + index + " is missing");
        }
        return value;
    }

    /**
     * Reads an argument as {@link #get} does; returns the fallback for a null in the JSON, and for a missing argument.
     *
     * @throws MalformedPacketException if the argument does not fit the type
     */
    public <T> T get(int index, Class<T> type, T fallback) {
        T value = get(index, type);
        return value == null ? fallback : value;
    }
}
