package io.scarfall.presence.internal;

/**
 * Another process holds a live lease of a node's name. That process may have died a moment ago: its lease ends by
 * itself.
 */
public final class NodeNameTakenException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String holder;

    /**
     * Names the other process.
     *
     * @param holder its address, for people
     */
    public NodeNameTakenException(String name, String holder) {
        super("node name: " + name + " is held by " + holder + " (expected: a name of its own for each node)");
        this.holder = holder;
    }

    /** The address of the process that holds the lease, for people. */
    public String holder() {
        return holder;
    }
}
