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
 * Bounds the bytes that a process holds for its peers, in heap and direct memory together: incomplete input and unsent
 * output. All servers of a process share one budget. Thread-safe.
 *
 * <p>Connections and sessions report what they hold after each change. A connection whose messages are complete and
 * written holds nothing: it costs no atomic operation and no object here. When all holdings exceed the bound, or those
 * of one address exceed its bound, the budget closes the connections that hold most, until a sixteenth of the bound is
 * free. It closes those that are not {@link EngineSession#isTrusted trusted} first, then those that made no progress
 * for a second.
 *
 * <p>When three quarters of the bound are used, the budget refuses further output, such as messages for a slow peer or
 * on their way to another node. So a sender cannot cause healthy connections of other clients to be closed.
 */
public final class MemoryBudget {

    /** The default bound is this part of the smaller of heap and direct memory. */
    public static final int SHARE_OF_MEMORY = 4;

    /** The default bound of an address is this part of the whole. */
    public static final int SHARE_OF_ADDRESS = 4;

    /** An eviction frees this part of the bound, so that the next bytes do not cause another eviction. */
    private static final int FREED_PART = 16;

    /** This part of a bound is reserved for input. */
    private static final int RESERVED_PART = 4;

    /** Output up to this size is taken even beyond the bound. */
    static final int SMALL_BYTES = 16 * 1024;

    /** A holding that has not shrunk for this long counts as making no progress. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long max;
    private final long maxPerAddress;
    private final LongSupplier nanoTime;

    private final AtomicLong held = new AtomicLong();

    /** The part of {@link #held} that belongs to connections that are being closed. */
    private final AtomicLong leaving = new AtomicLong();

    private final Map<Long, Long> heldByAddress = new ConcurrentHashMap<>();
    private final Map<Long, Long> leavingByAddress = new ConcurrentHashMap<>();
    private final Set<Holding> holdings = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean evicting = new AtomicBoolean();

    /** A connection or session that the budget can close. */
    interface Holder {

        /** The address that the bytes count for; null for none. Called when the first bytes are reported. */
        @Nullable
        Long addressBlock();

        /** Whether its peer is authenticated. Any thread. */
        boolean isTrusted();

        /** Closes the holder soon, and counts the limit. Any thread; called once per holding. */
        void evict(Limit limit);
    }

    /**
     * What one holder holds, while it holds anything. The holder's loop and an eviction lock it, for a few instructions
     * only.
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
     * Makes a budget with these bounds.
     *
     * @param maxBytes how many bytes may be held for all peers together
     * @param maxBytesPerAddress how many bytes may be held for one address; an IPv6 address counts by its first 64 bits
     * @throws IllegalArgumentException if a bound is not positive, or that of an address is larger than the other
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

    /** Makes a budget with the default bounds of this JVM. */
    public static MemoryBudget ofDefaults() {
        long bytes = defaultBytes();
        return new MemoryBudget(bytes, defaultBytesPerAddress(bytes));
    }

    /** The default bound: a quarter of the maximum heap or of the maximum direct memory, whichever is smaller. */
    public static long defaultBytes() {
        long memory = Math.min(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
        return Math.max(1, memory / SHARE_OF_MEMORY);
    }

    /** The default bound of an address: a quarter of the whole bound. */
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

    /** How many bytes are held now. */
    public long heldBytes() {
        return held.get();
    }

    /**
     * Takes room for bytes that belong to no connection, such as a message that waits for its outcome. Small amounts
     * are taken beyond the bound too, up to twice the bound, so that a full budget does not stop all messages.
     *
     * @return whether there is room; if so, {@link #giveBack} must follow
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

    /** Gives back bytes that were {@link #take taken}. */
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** How many bytes may be held in all when output is taken. The rest is for input, which cannot be refused. */
    private static long forOutput(long bound) {
        return bound - bound / RESERVED_PART;
    }

    /**
     * The limit by which output of this size may not wait for a peer of an address; null if it may wait. If it may not,
     * the budget closes holders that make no progress.
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
     * @param holding the result of the holder's last report; null at first
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

    /** How many addresses have holdings. */
    int addresses() {
        return heldByAddress.size();
    }

    private record Candidate(Holding holding, boolean isTrusted, boolean isStuck, long bytes) {}

    /** The order of eviction: untrusted holders first, then those without progress, then the largest. */
    private static final Comparator<Candidate> FIRST_TO_GO = Comparator.comparing(Candidate::isTrusted)
            .thenComparing(Candidate::isStuck, Comparator.reverseOrder())
            .thenComparing(Candidate::bytes, Comparator.reverseOrder());

    /** Closes holders that are not trusted or make no progress, until output of a size has room. */
    private void makeRoom(@Nullable Long block, long bytes) {
        evict(block, forOutput(block == null ? max : maxPerAddress), bytes, true);
    }

    /**
     * Closes the holders that hold most, until enough is free. One thread evicts at a time. Another thread that
     * meanwhile finds the bound exceeded continues, because the next report checks again.
     *
     * @param block the address whose bound is exceeded; null for the bound of all
     * @param needed how many more bytes are to be held
     * @param sparesHealthy whether trusted holders that make progress are not closed
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
