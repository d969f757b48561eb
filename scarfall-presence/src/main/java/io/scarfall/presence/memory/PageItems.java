package io.scarfall.presence.memory;

import java.util.ArrayList;
import java.util.List;

/** A page while it is filled, partition by partition. Not thread-safe. */
final class PageItems<T> {

    private final List<T> items = new ArrayList<>();
    private int room;
    private String lastUser = "";
    private String lastSession = "";

    PageItems(int limit) {
        room = limit;
    }

    /**
     * Moves to an item, which uses up room whether the item is added or not.
     *
     * @return {@code false} if there is no room, so that the page ends before this item
     */
    boolean visit(String userId, String sessionId) {
        if (room == 0) {
            return false;
        }
        room--;
        lastUser = userId;
        lastSession = sessionId;
        return true;
    }

    void add(T item) {
        items.add(item);
    }

    List<T> items() {
        return items;
    }

    /** The item that was visited last. */
    String lastUser() {
        return lastUser;
    }

    String lastSession() {
        return lastSession;
    }
}
