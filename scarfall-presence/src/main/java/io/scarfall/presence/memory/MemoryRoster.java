package io.scarfall.presence.memory;

import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TooManyFriendsException;
import io.scarfall.presence.internal.store.AddedListeners;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Both directions of every list. Thread-safe: a list changes under the map's lock for its user, and then the watchers
 * of its friends under theirs, always in this order.
 */
final class MemoryRoster implements Roster {

    private static final char LISTING = 'w';

    private final int maxFriends;
    private final AddedListeners listeners = new AddedListeners();
    private final ConcurrentMap<String, Map<String, Friend>> friends = new ConcurrentHashMap<>(); // values never change
    private final ConcurrentMap<String, TreeSet<String>> watchers = new ConcurrentHashMap<>(); // read in compute only

    MemoryRoster(int maxFriends) {
        this.maxFriends = maxFriends;
    }

    @Override
    public CompletionStage<List<Friend>> friends(String userId) {
        return CompletableFuture.completedFuture(
                List.copyOf(friends.getOrDefault(userId, Map.of()).values()));
    }

    @Override
    public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
        Objects.requireNonNull(userId, "userId");
        return Answer.of(() -> {
            Answer.checkLimit(limit);
            return page(userId, Cursor.parse(cursor, LISTING, 1), limit);
        });
    }

    @Override
    public CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
        Map<String, Friend> list = new LinkedHashMap<>();
        for (Friend friend : friends) {
            list.put(friend.userId(), friend);
        }
        return change(userId, earlier -> list).thenApply(earlier -> null);
    }

    @Override
    public CompletionStage<Boolean> addFriend(String userId, Friend friend) {
        Objects.requireNonNull(friend, "friend");
        return change(userId, earlier -> {
                    Map<String, Friend> list = new LinkedHashMap<>(earlier);
                    list.put(friend.userId(), friend);
                    return list;
                })
                .thenApply(earlier -> !earlier.containsKey(friend.userId()));
    }

    @Override
    public CompletionStage<Boolean> removeFriend(String userId, String friendId) {
        Objects.requireNonNull(friendId, "friendId");
        return change(userId, earlier -> {
                    Map<String, Friend> list = new LinkedHashMap<>(earlier);
                    list.remove(friendId);
                    return list;
                })
                .thenApply(earlier -> earlier.containsKey(friendId));
    }

    @Override
    public void addListener(AddedListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(AddedListener listener) {
        listeners.remove(listener);
    }

    /** Returns the list before the change. */
    private CompletionStage<Map<String, Friend>> change(String userId, UnaryOperator<Map<String, Friend>> change) {
        AtomicReference<Map<String, Friend>> before = new AtomicReference<>(Map.of());
        return Answer.of(() -> {
            Friend.of(userId); // refuses a malformed user id
            List<String> added = new ArrayList<>();
            friends.compute(userId, (user, list) -> {
                Map<String, Friend> earlier = list == null ? Map.of() : list;
                Map<String, Friend> later = change.apply(earlier);
                if (later.size() > maxFriends) {
                    throw new TooManyFriendsException(later.size(), maxFriends);
                }
                before.set(earlier);
                index(user, earlier, later);
                later.keySet().stream()
                        .filter(friend -> !earlier.containsKey(friend))
                        .forEach(added::add);
                return later.isEmpty() ? null : later;
            });
            listeners.tell(userId, added);
            return before.get();
        });
    }

    private void index(String userId, Map<String, Friend> earlier, Map<String, Friend> later) {
        for (String friend : later.keySet()) {
            if (!earlier.containsKey(friend)) {
                watchers.compute(friend, (f, set) -> {
                    TreeSet<String> watching = set == null ? new TreeSet<>() : set;
                    watching.add(userId);
                    return watching;
                });
            }
        }
        for (String friend : earlier.keySet()) {
            if (!later.containsKey(friend)) {
                watchers.computeIfPresent(friend, (f, watching) -> {
                    watching.remove(userId);
                    return watching.isEmpty() ? null : watching;
                });
            }
        }
    }

    private Page<String> page(String userId, @Nullable Cursor cursor, int limit) {
        List<String> page = new ArrayList<>();
        long[] total = {0};
        boolean[] more = {false};
        watchers.computeIfPresent(userId, (u, watching) -> {
            NavigableSet<String> rest = cursor == null ? watching : watching.tailSet(cursor.key(0), false);
            Iterator<String> next = rest.iterator();
            while (page.size() < limit && next.hasNext()) {
                page.add(next.next());
            }
            total[0] = watching.size();
            more[0] = next.hasNext();
            return watching;
        });
        String next = more[0] ? Cursor.text(LISTING, page.get(page.size() - 1)) : null;
        return new Page<>(page, next, total[0]);
    }
}
