package io.scarfall.engineio.internal;

import java.time.Duration;

/** Refuses settings out of their range: {@code name: value (expected: ...)}. */
public final class Check {

    private Check() {}

    public static void that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    public static void positive(String name, int value) {
        that(value > 0, name, value, "> 0");
    }

    public static void positive(String name, Duration value) {
        that(!value.isNegative() && !value.isZero(), name, value, "> 0");
    }
}
