package io.scarfall.examples;

import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.UserPresence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the presence library who is online, page by page, without blocking a thread. */
public final class WhoIsOnline {

    private static final int PAGE_SIZE = 100;

    private WhoIsOnline() {}

    /** Gathers all who are online, each as a line of text. */
    static CompletionStage<List<String>> lines(Presence presence) {
        return gather(presence, null, new ArrayList<>());
    }

    private static CompletionStage<List<String>> gather(
            Presence presence, @Nullable String cursor, List<String> lines) {
        return presence.online(cursor, PAGE_SIZE).thenCompose((Page<UserPresence> page) -> {
            for (UserPresence user : page.items()) {
                lines.add(user.userId() + " on " + user.sessionCount() + " device(s), last seen " + user.lastSeen());
            }
            return page.nextCursor() == null
                    ? CompletableFuture.completedFuture(lines)
                    : gather(presence, page.nextCursor(), lines);
        });
    }

    public static void main(String[] args) throws InterruptedException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Scarfall scarfall =
                Scarfall.builder().jwtSecret(System.getProperty("secret", "")).start()) {
            clock.scheduleAtFixedRate(
                    () -> lines(scarfall.presence()).thenAccept(System.out::println), 0, 5, TimeUnit.SECONDS);
            Thread.currentThread().join();
        } finally {
            clock.shutdownNow();
        }
    }
}
