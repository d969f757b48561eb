package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converts values of an application to JSON and back. {@link JacksonCodec} and {@link Jackson3Codec} use the
 * application's mapper; an application may implement this for another library. A namespace has one codec. It reads the
 * arguments of events and acks, and writes what is emitted and acknowledged; what Scarfall sends itself does not depend
 * on it.
 *
 * <p>Binary data is not part of the JSON. Where a value holds some, the JSON has a placeholder {@code {"_placeholder":
 * true, "num": n}}, and the data is number {@code n} of the attachments.
 *
 * <p>Implementations are thread-safe, and do not block: they run on event loops.
 */
public interface JsonCodec {

    /**
     * Writes values as JSON texts with commas between them, without brackets around them. {@link RawJson} is written as
     * it is.
     *
     * @param values at least one
     * @param attachments gets the binary data of the values, each in the order of its placeholder
     * @throws IllegalArgumentException if a value cannot be written
     */
    Bytes write(@Nullable Object[] values, List<Bytes> attachments);

    /**
     * Reads one value. Its JSON is valid and within the {@link JsonLimits} of the server.
     *
     * @param attachments the binary data that placeholders in the JSON stand for
     * @param type a class, or a generic type such as that of a {@link TypeRef}
     * @return null for the JSON {@code null}, unless the type has another value for it
     * @throws MalformedPacketException if the value does not fit the type; the client gets {@code invalid}. The path of
     *     {@link MalformedPacketException#at(String)} begins at this value, as in {@code .items[2].price}; it may be empty
     * @throws IllegalArgumentException if the type can never be read; the client gets {@code internal}
     */
    @Nullable
    Object read(Bytes json, List<Bytes> attachments, Type type);
}
