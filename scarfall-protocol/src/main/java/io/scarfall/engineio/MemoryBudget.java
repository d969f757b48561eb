package io.scarfall.engineio;

import io.netty.util.internal.PlatformDependent;
import io.scarfall.engineio.internal.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that a process holds for its peers, in heap and in direct memory together: unfinished input and unsent
 * output. One budget serves all ports of a process. Thread-safe.
 *
 * <p>Connections and sessions report what they hold after it changed. A connection that holds nothing, as all do whose
 * messages are complete and written, costs no atomic operation and no object here. When all holdings together exceed the
 * bound, or those of one address exceed theirs, the connections that hold most are closed until a sixteenth of the bound is
 * free: first those that are not {@link EngineSession#isTrusted trusted}, then those that made no progress for a second.
 *
 * <p>What a message needs that this server itself is about to keep (output for a slow peer, a message on its way to another
 * node) is refused rather than taken when three quarters of the bound are used: a sender closes no healthy connection of
 * somebody else.
 */
public final class MemoryBudget {

    /** The default bound is this part of the smaller of heap and direct memory. */
    public static final int SHARE_OF_MEMORY = 4;

    /** The default bound of an address is this part of the whole. */
    public static final int SHARE_OF_ADDRESS = 4;

    /** An eviction goes on until this part of the bound is free, so that not every further byte looks for a victim. */
    private static final int FREED_PART = 16;

    /** This part of a bound is not for output. */
    private static final int RESERVED_PART = 4;

    /** Up to this size something is taken beyond the bound. */
    static final int SMALL_BYTES = 16 * 1024;

    /** A holding that has not shrunk for this long makes no progress. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long max;
    private final long maxPerAddress;
    private final LongSupplier nanoTime;

    private final AtomicLong held = new AtomicLong();

    /** The part of {@link #held} whose connections are being closed. */
    private final AtomicLong leaving = new AtomicLong();

    private final Map<Long, Long> heldByAddress = new ConcurrentHashMap<>();
    private final Map<Long, Long> leavingByAddress = new ConcurrentHashMap<>();
    private final Set<Holding> holdings = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean evicting = new AtomicBoolean();

    /** A connection or session that can be closed for what it holds. */
    interface Holder {

        /** The address that pays; null for none of its own. Asked when its first bytes are reported. */
        @Nullable
        Long addressBlock();

        /** Whether its peer has proved who it is. Any thread. */
        boolean isTrusted();

        /** Closes it soon, and counts the limit. Any thread; called once per holding. */
        void evict(Limit limit);
    }

    /**
     * What one holder holds, while that is more than nothing. Its lock is held for a few instructions only: by the holder's
     * loop, and by an eviction.
     */
    static final class Holding {

        private final Holder holder;
        private final @Nullable Long block;
        private long bytes;
        private long progressNanos;
        private boolean isLeaving;

        private Holding(Holder holder, long nowNanos) {
            this.holder = holder;
            block = holder.addressBlock();
            progressNanos = nowNanos;
        }
    }

    /**
     * A budget with bounds of its own.
     *
     * @param maxBytes what all peers together may make the process hold
     * @param maxBytesPerAddress what one address may; an IPv6 address counts by its first 64 bits
     */
    public MemoryBudget(long maxBytes, long maxBytesPerAddress) {
        this(maxBytes, maxBytesPerAddress, System::nanoTime);
    }

    MemoryBudget(long maxBytes, long maxBytesPerAddress, LongSupplier nanoTime) {
        Check.that(maxBytes > 0, "maxHeldBytes", maxBytes, "> 0");
        Check.that(
                maxBytesPerAddress > 0 && maxBytesPerAddress <= maxBytes,
                "maxHeldBytesPerAddress",
                maxBytesPerAddress,
                "1 to " + maxBytes);
        max = maxBytes;
        maxPerAddress = maxBytesPerAddress;
        this.nanoTime = nanoTime;
    }

    /** A budget with the default bounds of this JVM. */
    public static MemoryBudget ofDefaults() {
        long bytes = defaultBytes();
        return new MemoryBudget(bytes, defaultBytesPerAddress(bytes));
    }

    /** A quarter of the smaller of the largest heap and the largest direct memory. */
    public static long defaultBytes() {
        long memory = Math.min(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
        return Math.max(1, memory / SHARE_OF_MEMORY);
    }

    /** A quarter of a bound. */
    public static long defaultBytesPerAddress(long maxBytes) {
        return Math.max(1, maxBytes / SHARE_OF_ADDRESS);
    }

    /** The bound of all holdings together. */
    public long maxBytes() {
        return max;
    }

    /** The bound of the holdings of one address. */
    public long maxBytesPerAddress() {
        return maxPerAddress;
    }

    /** What is held now. */
    public long heldBytes() {
        return held.get();
    }

    /**
     * Takes room for something that belongs to no connection, such as a message that waits for its outcome. What is small is
     * taken beyond the bound too, up to twice as much: what fills the bound shall not silence everybody.
     *
     * @return false if there is none; else {@link #giveBack} follows
     */
    public boolean take(long bytes) {
        long after = held.addAndGet(bytes);
        if (after <= forOutput(max) || (bytes <= SMALL_BYTES && after / 2 <= max)) {
            return true;
        }
        held.addAndGet(-bytes);
        makeRoom(null, bytes);
        return false;
    }

    /** Gives back what was {@link #take taken}. */
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** How much there may be of all when more output is taken: the rest is left for input, which cannot be refused. */
    private static long forOutput(long bound) {
        return bound - bound / RESERVED_PART;
    }

    /**
     * Why output of this size may not wait for a peer of an address; null if it may. If not, the holders that make no progress
     * are closed.
     */
    @Nullable
    Limit refusal(@Nullable Long block, long bytes) {
        if (held.get() + bytes > forOutput(max)) {
            makeRoom(null, bytes);
            return Limit.MEMORY;
        }
        if (block != null && heldByAddress.getOrDefault(block, 0L) + bytes > forOutput(maxPerAddress)) {
            makeRoom(block, bytes);
            return Limit.MEMORY_PER_ADDRESS;
        }
        return null;
    }

    /**
     * Reports what a holder holds now.
     *
     * @param holding the answer to its last report; null at first
     * @return null if it holds nothing
     */
    @Nullable
    Holding report(@Nullable Holding holding, Holder holder, long bytes) {
        Holding current = holding;
        if (current == null) {
            if (bytes == 0) {
                return null;
            }
            current = new Holding(holder, nanoTime.getAsLong());
            holdings.add(current);
        }
        long change = change(current, bytes);
        if (bytes == 0) {
            holdings.remove(current);
        }
        if (change > 0) {
            if (held.get() - leaving.get() > max) {
                evict(null, max, 0, false);
            }
            Long block = current.block;
            if (block != null && pressure(block) > maxPerAddress) {
                evict(block, maxPerAddress, 0, false);
            }
        }
        return bytes == 0 ? null : current;
    }

    private long change(Holding holding, long bytes) {
        synchronized (holding) {
            long change = bytes - holding.bytes;
            if (change == 0) {
                return 0;
            }
            holding.bytes = bytes;
            if (change < 0) {
                holding.progressNanos = nanoTime.getAsLong();
            }
            add(held, heldByAddress, holding.block, change);
            if (holding.isLeaving) {
                add(leaving, leavingByAddress, holding.block, change);
            }
            return change;
        }
    }

    private static void add(AtomicLong total, Map<Long, Long> byAddress, @Nullable Long block, long change) {
        total.addAndGet(change);
        if (block != null) {
            byAddress.compute(block, (address, before) -> {
                long after = (before == null ? 0 : before) + change;
                return after == 0 ? null : after;
            });
        }
    }

    private long pressure(Long block) {
        return heldByAddress.getOrDefault(block, 0L) - leavingByAddress.getOrDefault(block, 0L);
    }

    /** How many addresses hold something. */
    int addresses() {
        return heldByAddress.size();
    }

    private record Candidate(Holding holding, boolean isTrusted, boolean isStuck, long bytes) {}

    /** Those that are not trusted go first, then those that are stuck, and among these the largest. */
    private static final Comparator<Candidate> FIRST_TO_GO = Comparator.comparing(Candidate::isTrusted)
            .thenComparing(Candidate::isStuck, Comparator.reverseOrder())
            .thenComparing(Candidate::bytes, Comparator.reverseOrder());

    /** Closes those that are not trusted or make no progress, until output of a size has room. */
    private void makeRoom(@Nullable Long block, long bytes) {
        evict(block, forOutput(block == null ? max : maxPerAddress), bytes, true);
    }

    /**
     * Closes those that hold most, until enough is free. One thread does so at a time: another one that finds the bound
     * exceeded meanwhile goes on, since the next report looks again.
     *
     * @param block the address whose bound is exceeded; null for the bound of all
     * @param needed how much more there is to be held
     * @param sparesHealthy whether trusted holders that make progress stay
     */
    private void evict(@Nullable Long block, long bound, long needed, boolean sparesHealthy) {
        if (!evicting.compareAndSet(false, true)) {
            return;
        }
        List<Holding> victims;
        try {
            long holds = block == null ? held.get() - leaving.get() : pressure(block);
            long excess = holds + needed - bound;
            victims = excess <= 0 ? List.of() : victims(block, excess + bound / FREED_PART, sparesHealthy);
        } finally {
            evicting.set(false);
        }
        Limit limit = block == null ? Limit.MEMORY : Limit.MEMORY_PER_ADDRESS;
        victims.forEach(victim -> victim.holder.evict(limit));
    }

    private List<Holding> victims(@Nullable Long block, long enough, boolean sparesHealthy) {
        List<Holding> victims = new ArrayList<>();
        long excess = enough;
        List<Candidate> candidates = candidates(block, sparesHealthy);
        candidates.sort(FIRST_TO_GO);
        for (Candidate candidate : candidates) {
            if (excess <= 0) {
                break;
            }
            if (leave(candidate.holding)) {
                victims.add(candidate.holding);
                excess -= candidate.bytes;
            }
        }
        return victims;
    }

    private List<Candidate> candidates(@Nullable Long block, boolean sparesHealthy) {
        List<Candidate> candidates = new ArrayList<>();
        long now = nanoTime.getAsLong();
        for (Holding holding : holdings) {
            if (block != null && !block.equals(holding.block)) {
                continue;
            }
            boolean isTrusted = holding.holder.isTrusted();
            synchronized (holding) {
                boolean isStuck = now - holding.progressNanos >= STUCK_NANOS;
                if (holding.bytes > 0 && !holding.isLeaving && (!sparesHealthy || !isTrusted || isStuck)) {
                    candidates.add(new Candidate(holding, isTrusted, isStuck, holding.bytes));
                }
            }
        }
        return candidates;
    }

    private boolean leave(Holding holding) {
        synchronized (holding) {
            if (holding.isLeaving || holding.bytes == 0) {
                return false;
            }
            holding.isLeaving = true;
            add(leaving, leavingByAddress, holding.block, holding.bytes);
            return true;
        }
    }
}
