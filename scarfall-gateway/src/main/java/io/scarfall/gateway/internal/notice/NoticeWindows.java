package io.scarfall.gateway.internal.notice;

import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits each receiver to one notice about a user per time window. The first change of a user after a quiet time passes
 * at once and opens a window. Of the changes within the window, each receiver's newest passes when the window ends, and
 * opens the next window. So a user that connects and disconnects in a loop costs watchers a few notices per second, and
 * notices are not delayed in quiet times. Thread-safe.
 *
 * <p>A window exists only while it is open. The number of waiting notices in all windows together is bounded; further
 * notices pass at once. There is no timer per user: {@link #tick} ends the windows that are due.
 */
final class NoticeWindows {

    /** The most notices that wait. */
    static final int MAX_WAITING = 200_000;

    private final long lengthNanos;
    private final LongSupplier nanoTime;
    private final Sender sender;
    private final ConcurrentMap<String, Window> windows = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** The windows in the order in which they end: all have the same length. */
    private final Queue<Window> byEnd = new ConcurrentLinkedQueue<>();

    /** Passes a notice on to its receivers. */
    @FunctionalInterface
    interface Sender {
        void send(List<Recipient> receivers, UserEvent event, String subject, long version);
    }

    /** A notice that waits for its receiver. */
    private record Waiting(Recipient receiver, UserEvent event, long version) {}

    /** Changed only inside functions of the map, which run one at a time. */
    private static final class Window {

        private final String subject;
        private final long endNanos;
        private long version;
        private @Nullable Map<String, Waiting> waiting;

        Window(String subject, long endNanos, long version) {
            this.subject = subject;
            this.endNanos = endNanos;
            this.version = version;
        }
    }

    /** @param length zero for no windows: all notices pass at once */
    NoticeWindows(Duration length, LongSupplier nanoTime, Sender sender) {
        this.lengthNanos = length.toNanos();
        this.nanoTime = nanoTime;
        this.sender = sender;
    }

    /** Passes a notice on, now or when the window of its user ends. */
    void offer(List<Recipient> receivers, UserEvent event, String subject, long version) {
        if (lengthNanos == 0) {
            sender.send(receivers, event, subject, version);
            return;
        }
        long now = nanoTime.getAsLong();
        boolean[] passes = new boolean[1];
        windows.compute(subject, (id, window) -> {
            if (window == null || (window.waiting == null && now - window.endNanos >= 0)) {
                passes[0] = true;
                return opened(id, now, version);
            }
            // a notice of the same version is for another page of receivers; an older one is refused later
            passes[0] = version <= window.version || waiting.get() >= MAX_WAITING;
            if (!passes[0]) {
                keep(window, receivers, event, version);
            }
            return window;
        });
        if (passes[0]) {
            sender.send(receivers, event, subject, version);
        }
    }

    private Window opened(String subject, long now, long version) {
        Window window = new Window(subject, now + lengthNanos, version);
        byEnd.add(window);
        return window;
    }

    private void keep(Window window, List<Recipient> receivers, UserEvent event, long version) {
        Map<String, Waiting> kept = window.waiting == null ? new LinkedHashMap<>() : window.waiting;
        window.waiting = kept;
        for (Recipient receiver : receivers) {
            Waiting before = kept.get(receiver.id());
            if (before == null || before.version < version) {
                kept.put(receiver.id(), new Waiting(receiver, event, version));
                waiting.addAndGet(before == null ? 1 : 0);
            }
        }
    }

    /**
     * Ends the windows that are due. Call it several times within the length of a window.
     *
     * @param executor runs the passing on, in the order of the calls, so that the caller can continue at once
     */
    void tick(Executor executor) {
        long now = nanoTime.getAsLong();
        Window due;
        while ((due = byEnd.peek()) != null && now - due.endNanos >= 0) {
            byEnd.remove(due);
            Map<String, Waiting> kept = end(due, now);
            if (kept != null) {
                waiting.addAndGet(-kept.size());
                String subject = due.subject;
                executor.execute(() -> send(subject, kept));
            }
        }
    }

    private @Nullable Map<String, Waiting> end(Window due, long now) {
        List<Map<String, Waiting>> ended = new ArrayList<>(1);
        windows.computeIfPresent(due.subject, (id, window) -> {
            Map<String, Waiting> kept = window.waiting;
            if (window != due) {
                return window;
            } else if (kept == null) {
                return null;
            }
            ended.add(kept);
            long newest =
                    kept.values().stream().mapToLong(Waiting::version).max().orElse(window.version);
            return opened(id, now, newest);
        });
        return ended.isEmpty() ? null : ended.get(0);
    }

    private void send(String subject, Map<String, Waiting> kept) {
        TreeMap<Long, List<Waiting>> byVersion = new TreeMap<>(); // older versions first, or they are not admitted
        kept.values()
                .forEach(one -> byVersion
                        .computeIfAbsent(one.version, version -> new ArrayList<>())
                        .add(one));
        byVersion.forEach((version, some) ->
                sender.send(some.stream().map(Waiting::receiver).toList(), some.get(0).event, subject, version));
    }

    /** The number of notices that wait for the end of a window. */
    int waitingCount() {
        return waiting.get();
    }

    /** The number of open windows. */
    int size() {
        return windows.size();
    }
}
