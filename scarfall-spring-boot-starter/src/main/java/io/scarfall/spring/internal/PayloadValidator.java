package io.scarfall.spring.internal;

import io.scarfall.socketio.EventRefusedException;
import io.scarfall.spring.internal.EventParameter.Payload;

/** Validates arguments of events. Thread-safe. */
@FunctionalInterface
interface PayloadValidator {

    /** Accepts everything. */
    PayloadValidator NONE = (payload, value) -> {};

    /**
     * Validates a value, if its parameter asks for it.
     *
     * @throws EventRefusedException if the value is not valid; the message names the path of each violation
     */
    void check(Payload payload, Object value);
}
