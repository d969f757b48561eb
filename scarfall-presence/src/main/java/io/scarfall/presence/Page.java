package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of many items, and where to go on.
 *
 * <p>Whoever walks all pages meets everything at least once that was there throughout. What comes or goes meanwhile may
 * be met or not. A page may hold fewer items than were asked for, even none, and still not be the last.
 *
 * @param items at most as many as were asked for; immutable
 * @param nextCursor where the next page begins, opaque; {@code null} on the last page
 * @param total how many items there were in all when this page was read
 * @param complete whether all parts of the store could be asked; else items of those that are away are missing, from the
 *     pages and from the total
 */
public record Page<T>(List<T> items, @Nullable String nextCursor, long total, boolean complete) {

    private static final Page<?> EMPTY = new Page<>(List.of(), null, 0);

    /**
     * Copies the items.
     *
     * @throws IllegalArgumentException if the total is negative
     */
    public Page {
        items = List.copyOf(items);
        Check.atLeast("total", total, 0);
    }

    /** A page of a store of which no part is away. */
    public Page(List<T> items, @Nullable String nextCursor, long total) {
        this(items, nextCursor, total, true);
    }

    /** No items, and no more to come. */
    @SuppressWarnings("unchecked") // holds no T
    public static <T> Page<T> empty() {
        return (Page<T>) EMPTY;
    }

    /** Whether there is no further page. */
    public boolean isLast() {
        return nextCursor == null;
    }
}
