package io.scarfall.gateway;

import io.scarfall.presence.NodeId;
import java.time.Duration;

/** The rules that values of the configuration share. A message is {@code name: value (expected: ...)}. */
final class Check {

    /** The largest port number. */
    private static final int LAST_PORT = 65_535;

    private Check() {}

    static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    static void positive(String name, long value) {
        that(value > 0, name, value, "> 0");
    }

    static void positive(String name, Duration value) {
        that(!value.isNegative() && !value.isZero(), name, value, "> 0");
    }

    static void range(String name, long value, long least, long most) {
        that(value >= least && value <= most, name, value, least + " to " + most);
    }

    /** From zero to a most. */
    static void upTo(String name, Duration value, Duration most) {
        that(!value.isNegative() && value.compareTo(most) <= 0, name, value, "0 to " + most);
    }

    static void port(String name, int value) {
        range(name, value, 0, LAST_PORT);
    }

    /** A name that is safe in keys of a store, in logs and in metrics. */
    static void nodeName(String name, String value) {
        that(NodeId.isName(value), name, value, "1 to " + NodeId.MAX_NAME_LENGTH + " of A-Z a-z 0-9 . _ -");
    }
}
