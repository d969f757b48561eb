package io.scarfall.socketio.packet;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.json.JsonTypeException;
import io.scarfall.socketio.internal.json.Placeholders;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or ack: JSON that stays raw until an application reads it, and its binary attachments.
 * Immutable and thread-safe. Indices begin at 0.
 *
 * @param json the arguments as JSON texts with commas between them, without brackets; empty for no arguments. It must
 *     be valid JSON: it comes from the decoder or from a codec
 * @param attachments the binary data of the placeholders {@code {"_placeholder": true, "num": n}} in the JSON; copied
 * @param codec reads the arguments; {@link #equals} ignores it
 */
public record Arguments(Bytes json, List<Bytes> attachments, JsonCodec codec) {

    /** No arguments. */
    public static final Arguments NONE = new Arguments(Bytes.EMPTY, List.of());

    /** The end of a placeholder's name, as codecs write it. */
    private static final byte[] PLACEHOLDER = "_placeholder\"".getBytes(StandardCharsets.US_ASCII);

    public Arguments {
        attachments = List.copyOf(attachments);
        Objects.requireNonNull(codec, "codec");
    }

    /** Arguments that {@link JacksonCodec#DEFAULT} reads. */
    public Arguments(Bytes json, List<Bytes> attachments) {
        this(json, attachments, JacksonCodec.DEFAULT);
    }

    /**
     * Returns arguments with these values, written by {@link JacksonCodec#DEFAULT}. {@code byte[]}, {@link Bytes} and
     * {@link java.nio.ByteBuffer} (a copy of its remaining bytes) become attachments, also inside other values. NaN and
     * infinite numbers become null, as in JavaScript. {@link RawJson} is passed on as it is, and so are {@link
     * Arguments} that are the only value.
     *
     * @throws IllegalArgumentException if a value cannot be written
     */
    public static Arguments of(@Nullable Object... values) {
        return of(JacksonCodec.DEFAULT, values);
    }

    /**
     * Returns arguments with these values, as {@link #of(Object...)} does, but written by a codec, such as that of the
     * namespace: for acks with several arguments.
     *
     * @throws IllegalArgumentException if a value cannot be written
     */
    public static Arguments of(JsonCodec codec, @Nullable Object... values) {
        if (values.length == 0) {
            return NONE;
        }
        if (values.length == 1 && values[0] instanceof Arguments arguments) {
            return arguments;
        }
        List<Bytes> attachments = new ArrayList<>(0);
        Bytes json = codec.write(values, attachments);
        if (!attachments.isEmpty() && mayHoldOtherPlaceholders(json, attachments.size())) {
            try {
                Placeholders.checkArray(Bytes.utf8("[" + json.utf8() + "]"), attachments.size());
            } catch (MalformedPacketException e) {
                throw new IllegalArgumentException(
                        "cannot be sent with attachments: JSON with a placeholder of none of them", e);
            }
        }
        return new Arguments(json, attachments, codec);
    }

    /**
     * Whether JSON that is passed on may contain a placeholder that a client wrote. Receivers would take it for a
     * placeholder of one of the attachments, and would close their connection if there is no such attachment.
     */
    private static boolean mayHoldOtherPlaceholders(Bytes json, int attachments) {
        byte[] text = json.array();
        int end = json.offset() + json.length();
        int found = 0;
        for (int i = json.offset(); i < end; i++) {
            if (text[i] == '\\' && i + 1 < end && text[i + 1] == 'u') { // a name may have escapes
                return true;
            } else if (text[i] == '_'
                    && Arrays.mismatch(
                                    text, i, Math.min(end, i + PLACEHOLDER.length), PLACEHOLDER, 0, PLACEHOLDER.length)
                            < 0) {
                found++;
            }
        }
        return found > attachments;
    }

    /** The same arguments, read by another codec. */
    public Arguments with(JsonCodec other) {
        return other == codec ? this : new Arguments(json, attachments, other);
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
     * Reads an argument as a type of the application, by the codec; {@code byte[]}, {@link Bytes} and {@link
     * java.nio.ByteBuffer} read attachments, {@link RawJson} the text itself. Returns null for a null in the JSON, and
     * for a missing argument, unless the type has another value for it.
     *
     * @throws MalformedPacketException if the argument does not fit the type
     * @throws IllegalArgumentException if the codec cannot read the type at all
     */
    @SuppressWarnings("unchecked") // the codec reads what the type says
    public <T> @Nullable T get(int index, Class<T> type) {
        return (T) read(index, type);
    }

    /** Reads an argument as {@link #get(int, Class)} does, as a generic type. */
    @SuppressWarnings("unchecked") // as above
    public <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) read(index, type.type());
    }

    private @Nullable Object read(int index, Type type) {
        try {
            return codec.read(raw(index), attachments, type);
        } catch (MalformedPacketException e) {
            throw MalformedPacketException.at("[" + index + "]" + (e.path() == null ? "" : e.path()));
        } catch (JsonTypeException e) {
            throw e.inside("[" + index + "]");
        }
    }

    /**
     * Reads an argument that must be there, as {@link #get(int, Class)} does.
     *
     * @throws MalformedPacketException if the argument is missing, null, or does not fit the type
     * @throws IllegalArgumentException if the codec cannot read the type at all
     */
    public <T> T require(int index, Class<T> type) {
        return required(index, get(index, type));
    }

    /** Reads an argument as {@link #require(int, Class)} does, as a generic type. */
    public <T> T require(int index, TypeRef<T> type) {
        return required(index, get(index, type));
    }

    private static <T> T required(int index, @Nullable T value) {
        if (value == null) {
            throw MalformedPacketException.at("[" + index + "]", "is missing");
        }
        return value;
    }

    /**
     * Reads an argument as {@link #get(int, Class)} does; returns the fallback for a null in the JSON, and for a missing
     * argument.
     *
     * @throws MalformedPacketException if the argument does not fit the type
     */
    public <T> T get(int index, Class<T> type, T fallback) {
        T value = get(index, type);
        return value == null ? fallback : value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arguments arguments
                && json.equals(arguments.json)
                && attachments.equals(arguments.attachments);
    }

    @Override
    public int hashCode() {
        return 31 * json.hashCode() + attachments.hashCode();
    }

    /** The arguments as a JSON array, for mappers of an application; placeholders stay in it. */
    @JsonValue
    @JsonRawValue
    String text() {
        return "[" + json.utf8() + "]";
    }
}
