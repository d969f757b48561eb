package io.scarfall.socketio;

/**
 * A typed key for something that an application keeps on a {@link Socket}. Keys are compared by identity: keep one in a
 * constant.
 *
 * @param <T> the type of the value
 */
@SuppressWarnings("UnusedTypeParameter") // of the value, for Socket.get and set
public final class Attribute<T> {

    private final String name;

    private Attribute(String name) {
        this.name = name;
    }

    /** Makes a new key; the name is for people only. */
    public static <T> Attribute<T> named(String name) {
        return new Attribute<>(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
