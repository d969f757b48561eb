package io.scarfall.spring.internal;

import io.scarfall.socketio.EventRefusedException;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Validates arguments of events. Thread-safe. */
@FunctionalInterface
interface PayloadValidator {

    /** Accepts everything. */
    PayloadValidator NONE = (bean, method, parameters, values) -> {};

    /**
     * Validates the values of a method's parameters, as their annotations say.
     *
     * @param bean has the method; it may be a proxy
     * @param values one for each parameter
     * @throws EventRefusedException if a value is not valid; the message names the path of each violation
     */
    void check(Object bean, Method method, List<EventParameter> parameters, @Nullable Object[] values);
}
