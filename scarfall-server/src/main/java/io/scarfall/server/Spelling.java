package io.scarfall.server;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the setting that a misspelt name was meant to be. */
final class Spelling {

    /** In the environment, shorter names are too near to others by chance: HOME and POST are no misspelt HOST and PORT. */
    private static final int SHORTEST_WITH_ONE_MISTAKE = 6;

    private static final int SHORTEST_WITH_TWO_MISTAKES = 12;

    private Spelling() {}

    /**
     * Returns the setting that is meant by a variable of the environment which is none itself; null if it seems to be
     * something else. Case, dashes and dots do not count as mistakes; the first letter is one that people get right.
     */
    static @Nullable String ofEnvironment(String name) {
        return meant(name, SHORTEST_WITH_ONE_MISTAKE);
    }

    /** The same for a name in a file of settings, where every name is meant to be one: a short one may be mistaken too. */
    static @Nullable String ofFile(String name) {
        return meant(name, 0);
    }

    private static @Nullable String meant(String name, int shortest) {
        String plain = name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (Setting setting : Setting.values()) {
            String candidate = setting.name();
            int mistakes = mistakes(plain, candidate);
            if (mistakes <= allowed(candidate, shortest) && mistakes < fewest) {
                nearest = candidate;
                fewest = mistakes;
            }
            String file = candidate + Setting.FILE_SUFFIX;
            mistakes = mistakes(plain, file);
            if (setting.mayBeInFile() && mistakes <= allowed(file, shortest) && mistakes < fewest) {
                nearest = file;
                fewest = mistakes;
            }
        }
        return nearest;
    }

    private static int allowed(String name, int shortest) {
        if (name.length() < shortest) {
            return 0;
        }
        return name.length() < SHORTEST_WITH_TWO_MISTAKES ? 1 : 2;
    }

    /** How many letters are missing, too many, wrong, or have changed places with their neighbour. */
    private static int mistakes(String one, String other) {
        if (Math.abs(one.length() - other.length()) > 2 || one.charAt(0) != other.charAt(0)) {
            return Integer.MAX_VALUE;
        }
        int[][] distance = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                int least = Math.min(distance[i - 1][j], distance[i][j - 1]) + 1;
                least = Math.min(least, distance[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped = i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1);
                distance[i][j] = swapped ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
            }
        }
        return distance[one.length()][other.length()];
    }
}
