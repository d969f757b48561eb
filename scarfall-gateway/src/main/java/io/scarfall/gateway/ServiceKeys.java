package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.GuessCheck;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of services: {@code name:key,name:key}. A name may have several keys, so that each can be replaced while the other
 * one is in use. Only digests are kept. Immutable and thread-safe.
 */
public final class ServiceKeys {

    /** No keys: services need none, and the internal gateway listens on loopback only. */
    public static final ServiceKeys NONE = new ServiceKeys(Map.of());

    /** The least characters of a key. */
    public static final int MIN_KEY_LENGTH = 16;

    private static final int MAX_NAME_LENGTH = 64;

    /** Keys of unknown names are compared with this, so that they take as long as keys of known names. */
    private static final List<byte[]> UNKNOWN = List.of(digest("no service has this name"));

    private final Map<String, List<byte[]>> digests;

    private ServiceKeys(Map<String, List<byte[]>> digests) {
        this.digests = digests;
    }

    /**
     * Reads {@code name:key,name:key}. A key may contain {@code ':'}, but no {@code ','}. A blank text is {@link #NONE}.
     *
     * @throws IllegalArgumentException if the text is malformed, or a key is short or guessable; the message contains no key
     */
    public static ServiceKeys parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        Map<String, List<byte[]>> digests = new HashMap<>();
        String[] entries = text.split(",", -1);
        for (int i = 0; i < entries.length; i++) {
            String entry = entries[i].strip();
            int colon = entry.indexOf(':');
            String name = entry.substring(0, Math.max(colon, 0));
            if (!name.matches("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}") || colon == entry.length() - 1) {
                throw new IllegalArgumentException("serviceKeys: malformed entry " + (i + 1)
                        + " (expected: name:key, with a name of 1 to " + MAX_NAME_LENGTH + " of A-Z a-z 0-9 . _ -)");
            }
            String key = entry.substring(colon + 1);
            check(name, key);
            digests.computeIfAbsent(name, unknown -> new ArrayList<>()).add(digest(key));
        }
        return new ServiceKeys(digests);
    }

    /** A key is worth a token of any user, so the rules for the secret of tokens apply to it. */
    private static void check(String name, String key) {
        int length = key.codePointCount(0, key.length());
        if (length < MIN_KEY_LENGTH) {
            throw new IllegalArgumentException("serviceKeys: a key of " + name + " has " + length
                    + " characters (expected: at least " + MIN_KEY_LENGTH + ", such as openssl rand -hex 32)");
        }
        if (GuessCheck.isGuessable(key)) {
            throw new IllegalArgumentException(
                    "serviceKeys: a key of " + name + " is guessable (expected: random, such as openssl rand -hex 32)");
        }
    }

    /** Whether there are no keys. */
    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether the service has this key. The time it takes reveals nothing about the key or the name. */
    public boolean matches(String name, String key) {
        byte[] digest = digest(key);
        List<byte[]> known = digests.get(name);
        boolean matches = false;
        for (byte[] candidate : known == null ? UNKNOWN : known) {
            matches |= MessageDigest.isEqual(candidate, digest);
        }
        return matches && known != null;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Contains the number of names only. */
    @Override
    public String toString() {
        return "ServiceKeys[" + digests.size() + "]";
    }
}
