package io.scarfall.engineio.internal;

import java.time.Duration;

/**
 * Checks settings: a value out of its range gives an {@link IllegalArgumentException} with the message {@code name:
 * value (expected: ...)}. Stateless.
 */
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
