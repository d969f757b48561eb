package io.scarfall.socketio.internal.json;

import static io.scarfall.engineio.Randomly.oneOf;

import io.scarfall.engineio.Randomly;
import java.util.SplittableRandom;

/** Writes random JSON texts of every shape; on request with white space wherever the grammar allows it. */
public final class RandomJson {

    /** What a mutation inserts into a text, so that the result is often still JSON. */
    public static final String ALPHABET =
            "{}[]\",:\\/ \t\n\r\b0123456789-+.eEutrfalsn_é€ \u0000\u001F\u007F\u2028\uFEFF";

    private static final int MAX_DEPTH = 5;

    private final SplittableRandom random;
    private final boolean spaced;

    private RandomJson(SplittableRandom random, boolean spaced) {
        this.random = random;
        this.spaced = spaced;
    }

    public static String value(SplittableRandom random) {
        return new RandomJson(random, false).value(0);
    }

    public static String spacedValue(SplittableRandom random) {
        return new RandomJson(random, true).value(0);
    }

    /** A string with every kind of escape. */
    public static String string(SplittableRandom random) {
        return new RandomJson(random, false).string();
    }

    private String value(int depth) {
        return switch (random.nextInt(depth < MAX_DEPTH ? 8 : 5)) {
            case 0 -> oneOf(random, "true", "false", "null");
            case 1, 2 -> string();
            case 3, 4 -> number();
            case 5 -> array(depth + 1);
            default -> object(depth + 1);
        };
    }

    private String array(int depth) {
        StringBuilder array = new StringBuilder("[").append(space());
        for (int i = 0, size = random.nextInt(5); i < size; i++) {
            array.append(i == 0 ? "" : "," + space()).append(value(depth)).append(space());
        }
        return array.append(']').toString();
    }

    private String object(int depth) {
        StringBuilder object = new StringBuilder("{").append(space());
        for (int i = 0, size = random.nextInt(5); i < size; i++) {
            object.append(i == 0 ? "" : "," + space())
                    .append(string())
                    .append(space())
                    .append(':')
                    .append(space())
                    .append(value(depth))
                    .append(space());
        }
        return object.append('}').toString();
    }

    private String string() {
        StringBuilder string = new StringBuilder("\"");
        for (int i = random.nextInt(8); i > 0; i--) {
            string.append(
                    switch (random.nextInt(4)) {
                        case 0 -> oneOf(random, "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t");
                        case 1 ->
                            oneOf(random, "\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\\u0000", "\\uFFFF");
                        case 2 -> Randomly.text(random, 3).replaceAll("[\"\\\\]", "x");
                        default -> oneOf(random, "a", "num", "_placeholder", "}", "]", ",", ":", "\u007F");
                    });
        }
        return string.append('"').toString();
    }

    private String number() {
        return oneOf(random, "", "-")
                + oneOf(random, "0", "7", "10", "123456789012345678901234567890", "9007199254740993")
                + oneOf(random, "", "", ".0", ".5", ".125000")
                + oneOf(random, "", "", "e3", "E+10", "e-400", "E0");
    }

    private String space() {
        return spaced ? oneOf(random, "", "", " ", "\n", "\r\n", "\t ") : "";
    }
}
