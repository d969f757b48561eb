package io.scarfall.engineio;

import java.time.Duration;

/** Refuses settings out of their range: {@code name: value (expected: ...)}. */
final class Check {

    private Check() {}

    static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    static void positive(String name, int value) {
        that(value > 0, name, value, "> 0");
    }

    static void positive(String name, Duration value) {
        that(!value.isNegative() && !value.isZero(), name, value, "> 0");
    }
}
