package io.scarfall.spring.internal;

import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.spring.internal.EventParameter.Payload;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** Reads arguments of events as parameters of controllers' methods, and validates those with {@code @Valid}. Thread-safe. */
final class PayloadReader {

    private final PayloadValidator validator;

    PayloadReader(PayloadValidator validator) {
        this.validator = validator;
    }

    /**
     * @throws io.scarfall.engineio.MalformedPacketException if the argument is missing or does not fit
     * @throws EventRefusedException if the argument is not valid
     */
    @Nullable
    Object read(Arguments arguments, Payload payload) {
        Class<?> type = payload.parameter().getType();
        if (type == Optional.class) {
            ResolvableType inner = ResolvableType.forType(payload.parameter().getParameterizedType())
                    .getGeneric(0);
            Optional<?> value = Optional.ofNullable(arguments.get(payload.index(), inner.resolve(Object.class)));
            value.ifPresent(present -> validator.check(payload, present));
            return value;
        }
        Object value = arguments.require(payload.index(), type);
        validator.check(payload, value);
        return value;
    }
}
