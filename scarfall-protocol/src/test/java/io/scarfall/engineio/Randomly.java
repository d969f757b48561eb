package io.scarfall.engineio;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Repeats a test with random inputs, which are the same in every run. A failure names the seed of its round; {@code
 * -Dseed=SEED} runs only that round.
 */
public final class Randomly {

    private static final long FIRST_SEED = 20_260_101;

    private Randomly() {}

    /** Runs a test many times, each time with another source of randomness. */
    public static void repeat(int rounds, Consumer<SplittableRandom> test) {
        Long replayed = Long.getLong("seed");
        long first = replayed == null ? FIRST_SEED : replayed;
        for (long seed = first; seed < first + (replayed == null ? rounds : 1); seed++) {
            try {
                test.accept(new SplittableRandom(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("failed with -Dseed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** Returns one of some values. */
    @SafeVarargs
    public static <T> T oneOf(SplittableRandom random, T... values) {
        return values[random.nextInt(values.length)];
    }

    /** Returns a text of some length, of characters from 1 to 4 bytes. */
    public static String text(SplittableRandom random, int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
            text.appendCodePoint(oneOf(random, 0x61, 0x22, 0x5C, 0x7F, 0x80, 0xE9, 0x7FF, 0x800, 0x20AC, 0x2028));
            if (random.nextInt(8) == 0) {
                text.appendCodePoint(oneOf(random, 0x1F600, 0x10FFFF, 0x10000, 0xFFFD, 0xD7FF, 0xE000));
            }
        }
        return text.toString();
    }

    /** Returns bytes of any kind. */
    public static byte[] bytes(SplittableRandom random, int maxLength) {
        byte[] bytes = new byte[random.nextInt(maxLength + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns a text with a few characters removed, doubled, replaced or inserted. */
    public static String mutated(SplittableRandom random, String text, String alphabet) {
        StringBuilder mutated = new StringBuilder(text);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(mutated.length() + 1);
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            switch (random.nextInt(4)) {
                case 0 -> mutated.insert(at, c);
                case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(3)));
                case 2 -> mutated.replace(at, Math.min(mutated.length(), at + 1), String.valueOf(c));
                default ->
                    mutated.insert(at, mutated.substring(at, Math.min(mutated.length(), at + random.nextInt(6))));
            }
        }
        return mutated.toString();
    }
}
