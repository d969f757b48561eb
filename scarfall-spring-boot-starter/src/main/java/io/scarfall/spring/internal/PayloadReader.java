package io.scarfall.spring.internal;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.spring.internal.EventParameter.Payload;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * Reads arguments of events as parameters of controllers' methods by the application's codec, validates them, and writes what the
 * methods return. Thread-safe.
 */
final class PayloadReader {

    private static final String NULL = "null";

    private final JsonCodec codec;
    private final PayloadValidator validator;

    PayloadReader(JsonCodec codec, PayloadValidator validator) {
        this.codec = codec;
        this.validator = validator;
    }

    /** The arguments, which a method that takes them reads by the codec. */
    Arguments arguments(Arguments received) {
        return received.with(codec);
    }

    /**
     * @throws EventRefusedException if the argument is missing or does not fit; the message names the path
     * @throws IllegalArgumentException if the codec cannot read the type at all
     */
    @Nullable
    Object read(Arguments arguments, Payload payload) {
        Type type = payload.parameter().getParameterizedType();
        if (payload.parameter().getType() == Optional.class) {
            Object inner = value(
                    arguments,
                    payload.index(),
                    ResolvableType.forType(type).getGeneric(0).getType());
            return Optional.ofNullable(inner);
        }
        Object value = payload.parameter().getType().isPrimitive() && isNull(arguments, payload.index())
                ? null
                : value(arguments, payload.index(), type);
        if (value == null) {
            throw invalid(MalformedPacketException.at(path(payload.index()), "is missing"));
        }
        return value;
    }

    /** As {@link PayloadValidator#check}. */
    void validate(Object bean, Method method, List<EventParameter> parameters, @Nullable Object[] values) {
        validator.check(bean, method, parameters, values);
    }

    /** Whether the application has a validator. */
    boolean validates() {
        return validator != PayloadValidator.NONE;
    }

    private @Nullable Object value(Arguments arguments, int index, Type type) {
        try {
            return codec.read(arguments.raw(index), arguments.attachments(), type);
        } catch (MalformedPacketException e) {
            throw invalid(MalformedPacketException.at(path(index) + (e.path() == null ? "" : e.path())));
        }
    }

    /** So that the client reads the path, as it does for a value that is not valid. */
    private static EventRefusedException invalid(MalformedPacketException malformed) {
        return new EventRefusedException("invalid", String.valueOf(malformed.getMessage()));
    }

    private static boolean isNull(Arguments arguments, int index) {
        return arguments.raw(index).utf8().equals(NULL);
    }

    private static String path(int index) {
        return "[" + index + "]";
    }

    /**
     * An answer as an ack.
     *
     * @throws IllegalArgumentException if the codec cannot write it
     */
    @Nullable
    Object ack(@Nullable Object answer) {
        return answer == null || answer instanceof Arguments ? answer : Arguments.of(codec, answer);
    }
}
