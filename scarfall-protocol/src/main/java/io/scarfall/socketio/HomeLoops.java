package io.scarfall.socketio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs an action for many sockets, with one task per home loop, see {@link Socket#forEachAtHome}. */
final class HomeLoops {

    private HomeLoops() {}

    static CompletionStage<@Nullable Void> forEach(Iterable<Socket> sockets, Consumer<Socket> action) {
        Map<Executor, List<Socket>> away = null;
        for (Socket socket : sockets) {
            if (socket.isHome()) {
                action.accept(socket);
            } else {
                away = away == null ? new HashMap<>() : away;
                away.computeIfAbsent(socket.session().home(), home -> new ArrayList<>())
                        .add(socket);
            }
        }
        if (away == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<@Nullable Void>> tasks = new ArrayList<>(away.size());
        away.forEach((home, group) -> tasks.add(
                CompletableFuture.runAsync(() -> group.forEach(action), home).thenRunAsync(HomeLoops::flushed, home)));
        return CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new));
    }

    /** As a task of a loop, it runs after the flush of what the tasks before it sent. */
    private static void flushed() {}
}
