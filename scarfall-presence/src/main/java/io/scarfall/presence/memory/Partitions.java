package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceSettings;
import java.util.concurrent.atomic.AtomicLong;

/** All users, distributed over partitions by their ids. Thread-safe. */
final class Partitions {

    /** The number of partitions: so many that event loops rarely meet in one. A power of two. */
    static final int COUNT = 64;

    private final Partition[] partitions = new Partition[COUNT];
    private final AtomicLong onlineCount = new AtomicLong();

    Partitions(PresenceSettings settings, Time time, MemoryTransitionFeed feed) {
        int maxOffline = (settings.maxOfflineUsers() + COUNT - 1) / COUNT;
        for (int i = 0; i < COUNT; i++) {
            partitions[i] = new Partition(settings, maxOffline, time, feed, onlineCount);
        }
    }

    /** The number of the user's partition, from 0 to {@link #COUNT} - 1. */
    static int indexOf(String userId) {
        int hash = userId.hashCode();
        return (hash ^ hash >>> 8 ^ hash >>> 16) & COUNT - 1;
    }

    Partition of(String userId) {
        return partitions[indexOf(userId)];
    }

    Partition at(int index) {
        return partitions[index];
    }

    /** The number of online users, by the transitions so far. */
    long onlineCount() {
        return onlineCount.get();
    }
}
