package io.scarfall.socketio.packet;

import io.scarfall.socketio.internal.json.JsonCursor;

/**
 * Limits of the JSON in a packet, checked when the packet is decoded. Immutable and thread-safe. The constructor throws
 * {@link IllegalArgumentException} for a value that is out of its range; each must be positive. In the descriptions,
 * the value after a semicolon is the default.
 *
 * @param maxDepth how deep arrays and objects may be nested in an argument; 64, at most 1,000
 * @param maxNumberLength how many characters a number may have; 1,000, at most 10,000
 * @param maxArguments how many arguments an event or ack may have; 100
 * @param maxKeys how many member names all objects of a packet may have together; 50,000
 */
public record JsonLimits(int maxDepth, int maxNumberLength, int maxArguments, int maxKeys) {

    /** The limits of a server that sets none. */
    public static final JsonLimits DEFAULT = new JsonLimits(64, 1000, 100, 50_000);

    public JsonLimits {
        require("maxDepth", maxDepth, JsonCursor.HIGHEST_DEPTH);
        require("maxNumberLength", maxNumberLength, JsonCursor.HIGHEST_NUMBER_LENGTH);
        require("maxArguments", maxArguments, Integer.MAX_VALUE);
        require("maxKeys", maxKeys, Integer.MAX_VALUE);
    }

    private static void require(String name, int value, int highest) {
        if (value < 1 || value > highest) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + highest + ")");
        }
    }

    public JsonLimits withMaxDepth(int value) {
        return new JsonLimits(value, maxNumberLength, maxArguments, maxKeys);
    }

    public JsonLimits withMaxNumberLength(int value) {
        return new JsonLimits(maxDepth, value, maxArguments, maxKeys);
    }

    public JsonLimits withMaxArguments(int value) {
        return new JsonLimits(maxDepth, maxNumberLength, value, maxKeys);
    }

    public JsonLimits withMaxKeys(int value) {
        return new JsonLimits(maxDepth, maxNumberLength, maxArguments, value);
    }
}
