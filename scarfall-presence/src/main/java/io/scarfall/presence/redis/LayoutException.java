package io.scarfall.presence.redis;

/** The keys in Redis have another layout than this process would write; nothing is read or written then. */
final class LayoutException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    LayoutException(String expected, String found) {
        super(expected + " (expected: " + found + ", as the keys in Redis are laid out)");
    }
}
