package io.scarfall.presence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.scarfall.presence.internal.check.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of many items, and the cursor of the next page. Immutable.
 *
 * <p>A caller that walks all pages sees every item that existed throughout at least once. An item that is added or
 * removed meanwhile may be seen or not. A page may hold fewer items than requested, even none, without being the
 * last.
 *
 * @param items at most as many as requested; immutable
 * @param nextCursor opaque; where the next page begins; {@code null} on the last page
 * @param total the number of all items when this page was read; {@code null} if it was not counted
 * @param complete whether all parts of the store answered; if not, the items of unreachable parts are missing from
 *     the pages and from the total
 */
public record Page<T>(
        List<T> items,
        @Nullable String nextCursor,
        @Nullable Long total,
        boolean complete) {

    private static final Page<?> EMPTY = new Page<>(List.of(), null, 0L);

    /**
     * Copies the items.
     *
     * @throws IllegalArgumentException if the total is negative
     */
    public Page {
        items = List.copyOf(items);
        if (total != null) {
            Check.atLeast("total", total, 0);
        }
    }

    /** A page of a store that does not count its items, such as a database where this would read all of them. */
    public Page(List<T> items, @Nullable String nextCursor) {
        this(items, nextCursor, null, true);
    }

    /** A page of a store whose parts all answered. */
    public Page(List<T> items, @Nullable String nextCursor, long total) {
        this(items, nextCursor, total, true);
    }

    /** A page without items, and the last one. */
    @SuppressWarnings("unchecked") // it holds no T
    public static <T> Page<T> empty() {
        return (Page<T>) EMPTY;
    }

    /** Whether this is the last page. */
    @JsonIgnore // the cursor tells it
    public boolean isLast() {
        return nextCursor == null;
    }
}
