package io.scarfall.gateway.internal.auth;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Decides whether a person or a dictionary attack could guess a secret: the secret of tokens, or the key of a service.
 *
 * <p>The check counts how many independent choices make up a text. A character is one choice. So is a repetition of earlier
 * text, an ascending or descending run ({@code 12345}, {@code zyx}), or a run on a keyboard ({@code qwerty}, {@code 1qaz}),
 * of any length. A common word is two choices. So {@code secretsecretsecretsecret} is three choices, and 16 random
 * characters are about 16.
 */
public final class GuessCheck {

    private static final int FEWEST_DISTINCT = 8;
    private static final int FEWEST_CHOICES = 12;

    /** Shorter pieces also occur in random texts. */
    private static final int SHORTEST_PIECE = 3;

    private static final int CHOICES_OF_A_WORD = 2;

    /** Longer texts are not made up by people. The time of the check grows with the square of the length. */
    private static final int LONGEST_CHECKED = 512;

    /** Parts of secrets from documentation and templates, which are public. */
    private static final List<String> PUBLISHED = List.of(
            "change-me",
            "changeme",
            "change_me",
            "change-this",
            "change_this",
            "changethis",
            "change-it",
            "changeit",
            "change-in-production",
            "change_in_production",
            "your-secret",
            "your_secret",
            "yoursecret",
            "your-super-secret",
            "your_super_secret",
            "your-jwt-secret",
            "your_jwt_secret",
            "your-256-bit-secret",
            "a-string-secret-at-least-256-bits-long",
            "super-secret-jwt",
            "replace-me",
            "replace_me",
            "replaceme",
            "aym1syspbydfgzld3umj1qzkobwvmkoqq", // RFC 7515, without the letter that some copies lack
            "aym1sysppbydfgzld3umj1qzkobwvmkoqq",
            "123e4567-e89b-12d3-a456-426614174000");

    private static final List<String> WORDS = List.of(
            "secret",
            "password",
            "passwort",
            "passwd",
            "change",
            "admin",
            "token",
            "service",
            "test",
            "default",
            "example",
            "letmein",
            "welcome",
            "scarfall",
            "internal",
            "private",
            "public",
            "user",
            "root",
            "login",
            "server",
            "production",
            "development",
            "super",
            "your",
            "billing",
            "orders",
            "demo",
            "local",
            "gateway",
            "secure",
            "random",
            "string",
            "hello",
            "world",
            "socket",
            "redis",
            "this",
            "that",
            "with");

    /** Rows and columns of keyboards, forward and backward. */
    private static final List<String> KEYBOARD = Stream.of(
                    "`1234567890-=",
                    "~!@#$%^&*()_+",
                    "qwertyuiop[]",
                    "asdfghjkl;'",
                    "zxcvbnm,./",
                    "qwertzuiop",
                    "yxcvbnm",
                    "azertyuiop",
                    "qsdfghjklm",
                    "wxcvbn",
                    "1qaz",
                    "2wsx",
                    "3edc",
                    "4rfv",
                    "5tgb",
                    "6yhn",
                    "7ujm",
                    "8ik,",
                    "9ol.",
                    "0p;/",
                    "!qaz",
                    "@wsx",
                    "#edc",
                    "$rfv",
                    "%tgb",
                    "^yhn",
                    "&ujm")
            .flatMap(keys -> Stream.of(keys, new StringBuilder(keys).reverse().toString()))
            .toList();

    private GuessCheck() {}

    /** Whether a secret is published, or consists of few distinct characters, or of few words, runs and repetitions. */
    public static boolean isGuessable(String secret) {
        String text = secret.toLowerCase(Locale.ROOT);
        return secret.chars().distinct().count() < FEWEST_DISTINCT
                || PUBLISHED.stream().anyMatch(text::contains)
                || (text.length() <= LONGEST_CHECKED && choices(text) < FEWEST_CHOICES);
    }

    private static int choices(String text) {
        int choices = 0;
        for (int at = 0; at < text.length(); ) {
            int piece = Math.max(repeated(text, at), Math.max(run(text, at), keyboard(text, at)));
            int word = word(text, at);
            if (piece >= SHORTEST_PIECE && piece >= word) {
                at += piece;
                choices++;
            } else if (word > 0) {
                at += word;
                choices += CHOICES_OF_A_WORD;
            } else {
                at++;
                choices++;
            }
        }
        return choices;
    }

    /** The length of the longest piece at this position that also begins at an earlier one. */
    private static int repeated(String text, int at) {
        int longest = 0;
        for (int from = 0; from < at; from++) {
            int length = 0;
            while (at + length < text.length() && text.charAt(from + length) == text.charAt(at + length)) {
                length++;
            }
            longest = Math.max(longest, length);
        }
        return longest;
    }

    /**
     * The length of the run at this position: all characters are equal, or each is the successor (or predecessor) of the one
     * before.
     */
    private static int run(String text, int at) {
        if (at + 1 >= text.length()) {
            return 1;
        }
        int step = text.charAt(at + 1) - text.charAt(at);
        if (Math.abs(step) > 1) {
            return 1;
        }
        int length = 2;
        while (at + length < text.length() && text.charAt(at + length) - text.charAt(at + length - 1) == step) {
            length++;
        }
        return length;
    }

    private static int keyboard(String text, int at) {
        int longest = 0;
        for (String keys : KEYBOARD) {
            int key = keys.indexOf(text.charAt(at));
            int length = 0;
            while (key >= 0
                    && key + length < keys.length()
                    && at + length < text.length()
                    && keys.charAt(key + length) == text.charAt(at + length)) {
                length++;
            }
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private static int word(String text, int at) {
        int longest = 0;
        for (String word : WORDS) {
            if (word.length() > longest && text.startsWith(word, at)) {
                longest = word.length();
            }
        }
        return longest;
    }
}
