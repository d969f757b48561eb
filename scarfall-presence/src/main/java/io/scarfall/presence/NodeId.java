package io.scarfall.presence;

/**
 * One life of a node: its name, and the epoch under which it joined. Immutable.
 *
 * <p>A node that lost its lease joins again under the same name with a higher epoch; what it wrote under the old
 * epoch is no longer trusted. The text form is {@code name@epoch}, such as {@code gw-1@1732316400000000}. So a name
 * contains no {@code @}, and no character with a meaning in a Redis key.
 *
 * @param name 1 to 128 ASCII letters, digits, {@code .}, {@code _} or {@code -}; unique among the running nodes
 * @param epoch positive, below 2<sup>53</sup> so that it is exact as a Lua or JSON number. The store assigns it when
 *     a node joins; each is higher than all before
 */
public record NodeId(String name, long epoch) implements Comparable<NodeId> {

    /** The longest name, in characters. */
    public static final int MAX_NAME_LENGTH = 128;

    private static final long MAX_EPOCH = (1L << 53) - 1;

    /** @throws IllegalArgumentException if the name or the epoch is out of its range */
    public NodeId {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "name: " + name + " (expected: 1 to " + MAX_NAME_LENGTH + " of A-Z a-z 0-9 . _ -)");
        }
        if (epoch < 1 || epoch > MAX_EPOCH) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: 1.." + MAX_EPOCH + ")");
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if the text is not {@code name@epoch}
     */
    public static NodeId parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw malformed(text);
        }
        long epoch;
        try {
            epoch = Long.parseLong(text, at + 1, text.length(), 10);
        } catch (NumberFormatException e) {
            throw malformed(text);
        }
        NodeId node = new NodeId(text.substring(0, at), epoch);
        if (!node.toString().equals(text)) { // +1, 01: two texts of one node would be two keys in Redis
            throw malformed(text);
        }
        return node;
    }

    /** Orders by name, then by epoch: the older life of a node first. */
    @Override
    public int compareTo(NodeId other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : Long.compare(epoch, other.epoch);
    }

    /** The text form that {@link #parse} reads. */
    @Override
    public String toString() {
        return name + '@' + epoch;
    }

    /** Whether a text can be the name of a node. */
    public static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("node: " + text + " (expected: name@epoch)");
    }
}
