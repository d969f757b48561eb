package io.scarfall.spring.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Merges a record of properties into a configuration record of the gateway. Components with the same name belong together. */
final class Overrides {

    private Overrides() {}

    /**
     * The defaults with every value that the properties have. A component of the defaults that the properties lack stays as it is.
     *
     * @param prefix the name of the properties, for the message
     * @throws IllegalArgumentException if a value is out of range; the message names the properties
     */
    static <T extends Record> T merge(String prefix, T defaults, Record properties) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Object given = value(components[i].getName(), properties);
            Object usual = read(components[i], defaults);
            values[i] = given == null ? usual : given;
        }
        return make(prefix, defaults, components, values);
    }

    private static @Nullable Object value(String name, Record properties) {
        return Arrays.stream(properties.getClass().getRecordComponents())
                .filter(component -> component.getName().equals(name))
                .findFirst()
                .map(component -> read(component, properties))
                .orElse(null);
    }

    private static @Nullable Object read(RecordComponent component, Record from) {
        try {
            return component.getAccessor().invoke(from);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the accessor of a public record", e);
        }
    }

    private static <T extends Record> T make(
            String prefix, T defaults, RecordComponent[] components, @Nullable Object[] values) {
        try {
            @SuppressWarnings("unchecked")
            Constructor<T> constructor = (Constructor<T>) defaults.getClass()
                    .getConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    prefix + ": " + e.getTargetException().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the constructor of a public record", e);
        }
    }
}
