package io.scarfall.gateway.internal.notice;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The newest version of each user's status that this node has passed on, so that no older version follows it. Notices of
 * one user come from several nodes and threads. Before a notice is written to a socket, {@link #admits} runs on the
 * socket's home loop. So the versions change in the same order as the socket is written. Thread-safe.
 *
 * <p>A version is remembered for one to two minutes, much longer than a notice takes.
 */
final class NoticeVersions {

    private static final long GENERATION_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicLong bornNanos;
    private volatile Generations generations = new Generations(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    private record Generations(ConcurrentMap<String, Long> young, ConcurrentMap<String, Long> old) {}

    NoticeVersions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        bornNanos = new AtomicLong(nanoTime.getAsLong());
    }

    /** Whether no newer version was passed on. From this call on, older versions are not admitted. */
    boolean admits(String subject, long version) {
        Generations now = current();
        Long before = now.old().get(subject);
        if (before != null && before > version) {
            return false;
        }
        return now.young().merge(subject, version, Math::max) == version;
    }

    /** Whether this version or a newer one was passed on. */
    boolean knows(String subject, long version) {
        Generations now = current();
        return now.young().getOrDefault(subject, Long.MIN_VALUE) >= version
                || now.old().getOrDefault(subject, Long.MIN_VALUE) >= version;
    }

    private Generations current() {
        long born = bornNanos.get();
        long time = nanoTime.getAsLong();
        if (time - born >= GENERATION_NANOS && bornNanos.compareAndSet(born, time)) {
            generations = new Generations(new ConcurrentHashMap<>(), generations.young());
        }
        return generations;
    }
}
