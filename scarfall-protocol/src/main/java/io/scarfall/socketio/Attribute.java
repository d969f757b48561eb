package io.scarfall.socketio;

/**
 * A typed key of a value that an application keeps on a {@link Socket}. Keys are compared by identity, so keep a key in
 * a constant. Immutable and thread-safe.
 *
 * @param <T> the type of the value
 */
@SuppressWarnings("UnusedTypeParameter") // of the value, for Socket.get and set
public final class Attribute<T> {

    private final String name;

    private Attribute(String name) {
        this.name = name;
    }

    /** Makes a new key; the name only appears in {@link #toString}. */
    public static <T> Attribute<T> named(String name) {
        return new Attribute<>(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
