package io.scarfall.socketio;

import io.scarfall.engineio.internal.RandomIds;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The namespaces of a server by name, and what all its connections share. Thread-safe. */
final class Namespaces {

    private final SocketConfig config;
    private final Map<String, Namespace> byName;
    private final RandomIds socketIds = new RandomIds();

    /** @throws IllegalStateException if two namespaces have the same name */
    Namespaces(SocketConfig config, Collection<Namespace> namespaces) {
        this.config = config;
        byName = namespaces.stream().collect(Collectors.toUnmodifiableMap(Namespace::name, Function.identity()));
    }

    SocketConfig config() {
        return config;
    }

    /** The namespace of a name; null if the server has none. */
    @Nullable
    Namespace named(String name) {
        return byName.get(name);
    }

    String nextSocketId() {
        return socketIds.next();
    }
}
