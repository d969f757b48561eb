package io.scarfall.examples;

import io.scarfall.presence.Friend;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed.Batch;
import io.scarfall.presence.TransitionFeed.Group;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.redis.RedisPresence;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Prints which friends of a user are online, and then each status change. It is a back end that queries Redis without a gateway.
 * It reads the feed as a group. Redis keeps the position of the group, so after a restart the program continues where it
 * stopped. Several programs with the same group would share the users.
 *
 * <pre>
 * java ... io.scarfall.examples.WhoIsOnline redis://localhost:6379 alice
 * </pre>
 */
public final class WhoIsOnline {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int BATCH = 100;

    private final RedisPresence presence;
    private final String userId;
    private final Group changes;
    private final Consumer<String> out;

    /** The printed version of each friend. The feed may contain older changes. */
    private final Map<String, Long> printed = new HashMap<>();

    WhoIsOnline(RedisPresence presence, String userId, Consumer<String> out) {
        this.presence = presence;
        this.userId = userId;
        this.out = out;
        changes = presence.transitions().group("who-is-online." + userId, "only");
    }

    /** Prints the current status of all friends. */
    void printAll() {
        for (UserPresence friend :
                RedisPresence.await(presence.status(friends()), PATIENCE).values()) {
            print(friend.userId(), friend.online(), friend.version(), "last seen " + friend.lastSeen());
        }
    }

    /** Prints the changes since the last call, and acknowledges them. */
    void printChanges() {
        Batch batch = RedisPresence.await(changes.read(BATCH), PATIENCE);
        if (batch.gap()) { // the program was away for too long
            printAll();
        }
        Set<String> friends = new HashSet<>(friends());
        for (StatusChange change : batch.changes()) {
            if (friends.contains(change.userId())) {
                print(change.userId(), change.status() == Status.ONLINE, change.version(), "at " + change.lastSeen());
            }
        }
        RedisPresence.await(changes.acknowledge(batch), PATIENCE);
    }

    private List<String> friends() {
        return RedisPresence.await(presence.roster().friends(userId), PATIENCE).stream()
                .map(Friend::userId)
                .toList();
    }

    private void print(String friend, boolean online, long version, String when) {
        Long before = printed.get(friend);
        if (before == null || before < version) {
            printed.put(friend, version);
            out.accept(friend + " is " + (online ? "online" : "offline, " + when));
        }
    }

    public static void main(String[] args) throws InterruptedException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (RedisPresence presence = RedisPresence.connect(args[0])) {
            RedisPresence.await(presence.connected(), PATIENCE);
            WhoIsOnline friends = new WhoIsOnline(presence, args[1], System.out::println);
            friends.printAll();
            System.out.println("now following");
            clock.scheduleWithFixedDelay(
                    () -> {
                        try {
                            friends.printChanges();
                        } catch (IllegalStateException e) { // Redis is away: the next run continues from here
                            System.out.println("cannot ask: " + e.getMessage());
                        }
                    },
                    0,
                    500,
                    TimeUnit.MILLISECONDS);
            Thread.currentThread().join();
        } finally {
            clock.shutdownNow();
        }
    }
}
