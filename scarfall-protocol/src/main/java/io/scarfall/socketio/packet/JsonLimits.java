package io.scarfall.socketio.packet;

/**
 * Limits of the JSON in a packet, checked when the packet is decoded. Immutable.
 *
 * @param maxDepth how deep arrays and objects may be nested in an argument; 64, at most {@value #HIGHEST_DEPTH}
 * @param maxNumberLength how many characters a number may have; 1,000, at most {@value #HIGHEST_NUMBER_LENGTH}
 * @param maxArguments how many arguments an event or ack may have; 100
 * @param maxKeys how many names of members all objects of a packet may have together; 50,000
 */
public record JsonLimits(int maxDepth, int maxNumberLength, int maxArguments, int maxKeys) {

    static final int HIGHEST_DEPTH = 1000;
    static final int HIGHEST_NUMBER_LENGTH = 10_000;

    public static final JsonLimits DEFAULT = new JsonLimits(64, 1000, 100, 50_000);

    /**
     * The limits of JSON that was checked when its packet was decoded, and is walked over again; they only keep the stack
     * from overflowing. {@link JsonBinding} has the same.
     */
    static final JsonLimits HIGHEST =
            new JsonLimits(HIGHEST_DEPTH, HIGHEST_NUMBER_LENGTH, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public JsonLimits {
        require("maxDepth", maxDepth, HIGHEST_DEPTH);
        require("maxNumberLength", maxNumberLength, HIGHEST_NUMBER_LENGTH);
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
