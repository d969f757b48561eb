package io.scarfall.socketio.packet;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Names a generic type, which a {@link Class} cannot: {@code new TypeRef<List<Item>>() {}}. Immutable and thread-safe;
 * keep it in a constant.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {

    private final Type type;

    /** @throws IllegalArgumentException if a subclass does not name the type, as in the example */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType named)
                || named.getRawType() != TypeRef.class) {
            throw new IllegalArgumentException("TypeRef: without a type (expected: new TypeRef<List<Item>>() {})");
        }
        type = named.getActualTypeArguments()[0];
    }

    /** The type. */
    public final Type type() {
        return type;
    }

    /** The type as in Java. */
    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
