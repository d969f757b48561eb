package io.scarfall.presence.memory;

import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the partitions. Thread-safe. */
final class MemoryPresence implements Presence {

    private static final char LISTING = 'o';

    private final Partitions partitions;
    private final Roster roster;
    private final TransitionFeed feed;

    MemoryPresence(Partitions partitions, Roster roster, TransitionFeed feed) {
        this.partitions = partitions;
        this.roster = roster;
        this.feed = feed;
    }

    @Override
    public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
        Map<String, UserPresence> status = new LinkedHashMap<>();
        for (String userId : userIds) {
            status.computeIfAbsent(userId, this::presence);
        }
        return CompletableFuture.completedFuture(Collections.unmodifiableMap(status));
    }

    @Override
    public CompletionStage<List<UserSession>> sessions(String userId) {
        Objects.requireNonNull(userId, "userId");
        return CompletableFuture.completedFuture(partitions.of(userId).liveSessions(userId));
    }

    @Override
    public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
        Objects.requireNonNull(userId, "userId");
        return roster.friends(userId).thenApply(this::online);
    }

    @Override
    public CompletionStage<FriendsOnline> friends(String userId) {
        Objects.requireNonNull(userId, "userId");
        return roster.listing(userId)
                .thenApply(listing -> new FriendsOnline(
                        online(listing.friends()), listing.friends().size(), listing.missing(), List.of()));
    }

    @Override
    public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
        return Answer.of(() -> {
            Answer.checkLimit(limit);
            return page(Cursor.parse(cursor, LISTING, 1), limit);
        });
    }

    @Override
    public CompletionStage<Long> count() {
        return CompletableFuture.completedFuture(partitions.onlineCount());
    }

    @Override
    public TransitionFeed transitions() {
        return feed;
    }

    private UserPresence presence(String userId) {
        return partitions.of(userId).presence(userId);
    }

    private List<UserPresence> online(List<Friend> friends) {
        List<UserPresence> online = new ArrayList<>();
        for (Friend friend : friends) {
            UserPresence presence = presence(friend.userId());
            if (presence.online()) {
                online.add(presence.email() == null ? presence.withEmail(friend.email()) : presence);
            }
        }
        return List.copyOf(online);
    }

    private Page<UserPresence> page(@Nullable Cursor cursor, int limit) {
        PageItems<UserPresence> listing = new PageItems<>(limit);
        String after = cursor == null ? null : cursor.key(0);
        for (int i = after == null ? 0 : Partitions.indexOf(after); i < Partitions.COUNT; i++) {
            if (partitions.at(i).online(after, listing)) {
                String next = Cursor.text(LISTING, listing.lastUser());
                return new Page<>(listing.items(), next, partitions.onlineCount());
            }
            after = null;
        }
        return new Page<>(listing.items(), null, partitions.onlineCount());
    }
}
