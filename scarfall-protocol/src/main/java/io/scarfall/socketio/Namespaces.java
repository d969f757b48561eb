package io.scarfall.socketio;

import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.engineio.internal.RandomIds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The namespaces of a server by name, and what all its connections share. Thread-safe. */
final class Namespaces {

    private static final Logger log = LoggerFactory.getLogger(Namespaces.class);

    private final SocketConfig config;
    private final Map<String, Namespace> byName = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<ParentNamespace> parents = new CopyOnWriteArrayList<>();
    private final AtomicInteger children = new AtomicInteger();
    private final RandomIds socketIds = new RandomIds();
    private final FailureLog failures =
            new FailureLog(log, Level.ERROR, "could not make a child namespace", System::nanoTime);

    /**
     * Where a client connects to.
     *
     * @param parent the parent of the namespace; null for none
     */
    record Place(Namespace namespace, @Nullable ParentNamespace parent) {}

    /** @throws IllegalStateException if two namespaces have the same name */
    Namespaces(SocketConfig config, Collection<Namespace> namespaces) {
        this.config = config;
        namespaces.forEach(this::add);
    }

    SocketConfig config() {
        return config;
    }

    String nextSocketId() {
        return socketIds.next();
    }

    /** @throws IllegalStateException if there is a namespace with this name */
    void add(Namespace namespace) {
        if (byName.putIfAbsent(namespace.name(), namespace) != null) {
            throw new IllegalStateException("namespace: " + namespace.name() + " (expected: names that differ)");
        }
    }

    void add(ParentNamespace parent) {
        parents.addIfAbsent(parent);
    }

    /** Removes a namespace; returns whether it was there. Its sockets leave. */
    boolean remove(Namespace namespace) {
        boolean removed = byName.remove(namespace.name(), namespace);
        if (removed) {
            namespace.broadcaster().local().disconnect();
        }
        return removed;
    }

    /** Removes a parent and its children; returns whether it was there. Their sockets leave. */
    boolean remove(ParentNamespace parent) {
        boolean removed = parents.remove(parent);
        if (removed) {
            parent.clear().forEach(child -> child.broadcaster().local().disconnect());
        }
        return removed;
    }

    /** The namespace of a name, or the child of one; null if the server has none now. */
    @Nullable
    Namespace named(String name) {
        Namespace namespace = byName.get(name);
        if (namespace != null) {
            return namespace;
        }
        for (ParentNamespace parent : parents) {
            Namespace child = parent.child(name);
            if (child != null) {
                return child;
            }
        }
        return null;
    }

    /** All namespaces and children; a copy. */
    List<Namespace> all() {
        List<Namespace> all = new ArrayList<>(byName.values());
        parents.forEach(parent -> all.addAll(parent.children()));
        return all;
    }

    /**
     * Finds the place for one more socket. {@link #left} must follow.
     *
     * @return null if the server has as many children as it may have
     * @throws ConnectRefusedException if there is no such namespace, or it could not be made
     */
    @Nullable
    Place enter(String name) throws ConnectRefusedException {
        Namespace namespace = byName.get(name);
        if (namespace != null) {
            return new Place(namespace, null);
        }
        for (ParentNamespace parent : parents) {
            try {
                if (parent.fits(name)) {
                    Namespace child = parent.enter(name, children, config.maxChildNamespaces());
                    return child == null ? null : new Place(child, parent);
                }
            } catch (RuntimeException e) {
                failures.failed("ns=" + LogText.of(name), e);
                throw new ConnectRefusedException("internal error", null);
            }
        }
        throw new ConnectRefusedException("Invalid namespace", null);
    }

    /** Whether clients may still join a namespace: false after it was removed. */
    boolean serves(Namespace namespace, @Nullable ParentNamespace parent) {
        String name = namespace.name();
        return parent == null
                ? byName.get(name) == namespace
                : parents.contains(parent) && parent.child(name) == namespace; // the parent may have been added again
    }

    /** A socket has left a namespace, or did not join it. */
    void left(Namespace namespace, @Nullable ParentNamespace parent) {
        if (parent != null) {
            parent.left(namespace, config.cleanupEmptyChildNamespaces() || !serves(namespace, parent));
        }
    }
}
