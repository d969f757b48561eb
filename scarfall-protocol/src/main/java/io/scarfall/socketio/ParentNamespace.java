package io.scarfall.socketio;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces by pattern, such as one for each tenant: a child namespace is made when the first client connects to a name
 * that fits. {@link SocketServer#add(ParentNamespace)} serves it; {@link SocketConfig} bounds the number of children,
 * because clients choose their names. Its {@link #broadcaster} reaches the sockets of all children. Thread-safe.
 *
 * <pre>{@code
 * ParentNamespace tenants = new ParentNamespace(
 *         Pattern.compile("/tenant-\\d+"),
 *         name -> Namespace.builder(name).on("order", Order.class, shop.orders(name)).build());
 * }</pre>
 */
public final class ParentNamespace {

    /** No child has a longer name, even if it fits the pattern: clients choose the names, which take memory. */
    static final int MAX_NAME_LENGTH = 256;

    private final Predicate<String> names;
    private final Function<String, Namespace> maker;
    private final Map<String, Child> children = new ConcurrentHashMap<>();
    private final Broadcaster broadcaster;

    /** One for all children: clients choose how many there are, and can have them made again and again. */
    private final HandlerFailures failures = new HandlerFailures();

    /** A child, and how many sockets are in it or wait for its guards. Changed under the lock of its entry in the map. */
    private static final class Child {

        private final Namespace namespace;
        private final AtomicInteger count;
        private int sockets;

        /** @param count the children of the server that made it, this one included */
        Child(Namespace namespace, AtomicInteger count) {
            this.namespace = namespace;
            this.count = count;
        }
    }

    /**
     * Makes a parent of all namespaces whose names match a pattern as a whole.
     *
     * @param maker see the other constructor
     */
    public ParentNamespace(Pattern names, Function<String, Namespace> maker) {
        this(name -> names.matcher(name).matches(), maker);
    }

    /**
     * Makes a parent of namespaces.
     *
     * @param names says which names its children may have. Clients choose the names, of up to 256 characters. It is called
     *     on event loops and must not block
     * @param maker makes the child of a name. It is called on event loops, and must neither block nor use this parent. A
     *     name gets another child after its child was removed
     */
    public ParentNamespace(Predicate<String> names, Function<String, Namespace> maker) {
        this.names = names;
        this.maker = maker;
        broadcaster = new Broadcaster(
                new ParentAdapter(this::broadcasters, Broadcaster::localAdapter),
                new ParentAdapter(this::broadcasters, Broadcaster::adapter));
    }

    private Collection<Broadcaster> broadcasters() {
        return children.values().stream()
                .map(child -> child.namespace.broadcaster())
                .toList();
    }

    /**
     * Emits to the sockets of all children that this node has at that moment. With an adapter of a cluster, each child
     * reaches its sockets on all nodes. It has no {@link Broadcaster#rooms} of its own, and cannot {@link
     * Broadcaster#encode}. {@link Broadcaster#json} sets the codec of what it emits; the codecs of its
     * children do not matter.
     */
    public Broadcaster broadcaster() {
        return broadcaster;
    }

    /** The children that this node has now; a copy. */
    public List<Namespace> children() {
        return children.values().stream().map(child -> child.namespace).toList();
    }

    /** The child of a name; null if this node does not have it now. */
    public @Nullable Namespace child(String name) {
        Child child = children.get(name);
        return child == null ? null : child.namespace;
    }

    boolean fits(String name) {
        return name.length() <= MAX_NAME_LENGTH && names.test(name);
    }

    /**
     * The child of a name for one more socket; makes it if needed. {@link #left} must follow.
     *
     * @param count how many children the server has
     * @param most how many it may have
     * @return null if it does not exist, and the server has as many as it may have
     */
    @Nullable
    Namespace enter(String name, AtomicInteger count, int most) {
        Child entered = children.compute(name, (key, known) -> {
            Child child = known == null ? newChild(name, count, most) : known;
            if (child != null) {
                child.sockets++;
            }
            return child;
        });
        return entered == null ? null : entered.namespace;
    }

    private @Nullable Child newChild(String name, AtomicInteger count, int most) {
        boolean made = false;
        try {
            if (count.incrementAndGet() > most) {
                return null;
            }
            Child child = new Child(made(name), count);
            made = true;
            return child;
        } finally {
            if (!made) {
                count.decrementAndGet();
            }
        }
    }

    private Namespace made(String name) {
        Namespace namespace = maker.apply(name);
        if (!namespace.name().equals(name)) {
            throw new IllegalStateException("namespace: " + namespace.name() + " (expected: " + name + ")");
        }
        namespace.reportTo(failures);
        return namespace;
    }

    /**
     * A socket has left a child, or did not join it.
     *
     * @param cleanUp whether to remove the child if it has no other socket
     */
    void left(Namespace namespace, boolean cleanUp) {
        children.computeIfPresent(namespace.name(), (name, child) -> {
            if (child.namespace != namespace) {
                return child;
            }
            child.sockets--;
            if (child.sockets > 0 || !cleanUp) {
                return child;
            }
            child.count.decrementAndGet();
            return null;
        });
    }

    /** Removes all children; returns them. */
    List<Namespace> clear() {
        List<Namespace> removed = new ArrayList<>();
        for (String name : List.copyOf(children.keySet())) {
            Child child = children.remove(name);
            if (child != null) {
                child.count.decrementAndGet();
                removed.add(child.namespace);
            }
        }
        return removed;
    }
}
