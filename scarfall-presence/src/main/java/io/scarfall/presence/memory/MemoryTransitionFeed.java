package io.scarfall.presence.memory;

import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.internal.store.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The newest changes, in a ring. A position is the number of the next change and the name of the feed that counted
 * it, so that a position from before a restart is recognized.
 *
 * <p>Thread-safe: one short lock, taken after those of the partitions.
 */
final class MemoryTransitionFeed implements TransitionFeed {

    private static final int FIRST_CAPACITY = 256;

    private final String name = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final int length;
    private StatusChange[] ring; // the change with number n is at n mod its length
    private long oldest;
    private long next;

    private final Time time;
    private final Map<String, Shares> groups = new HashMap<>();

    /** @param time measures the leases of readers in groups */
    MemoryTransitionFeed(int length, Time time) {
        this.length = length;
        this.time = time;
        this.ring = new StatusChange[Math.min(length, FIRST_CAPACITY)];
    }

    @Override
    public synchronized CompletionStage<String> newest() {
        return CompletableFuture.completedFuture(position(next));
    }

    @Override
    public CompletionStage<Batch> read(String position, int limit) {
        return Answer.of(() -> {
            Answer.checkLimit(limit);
            return batch(position, limit);
        });
    }

    @Override
    public Group group(String group, String consumer) {
        Answer.checkName("group", group);
        Answer.checkName("consumer", consumer);
        return new MemberOfGroup(group, consumer);
    }

    /** The readers of a group and the group's position. There is one share: the first reader has it. */
    private static final class Shares {
        final TreeMap<String, Long> until = new TreeMap<>();
        String position = OLDEST;
        long changes;

        void join(String consumer, long now) {
            int before = until.size();
            until.values().removeIf(end -> now - end >= 0);
            boolean known = until.containsKey(consumer);
            if (!known || until.size() != before) {
                changes++;
            }
            until.put(consumer, now + Group.LEASE.toNanos());
        }

        boolean isFirst(String consumer) {
            return !until.isEmpty() && until.firstKey().equals(consumer);
        }
    }

    private final class MemberOfGroup implements Group {

        private final String group;
        private final String consumer;

        MemberOfGroup(String group, String consumer) {
            this.group = group;
            this.consumer = consumer;
        }

        @Override
        public CompletionStage<Batch> read(int limit) {
            return Answer.of(() -> {
                Answer.checkLimit(limit);
                synchronized (MemoryTransitionFeed.this) {
                    Shares shares = groups.computeIfAbsent(group, name -> new Shares());
                    shares.join(consumer, time.nanos());
                    Batch batch = shares.isFirst(consumer)
                            ? batch(shares.position, limit)
                            : new Batch(List.of(), shares.position, false);
                    return new Batch(batch.changes(), shares.changes + "." + batch.next(), batch.gap());
                }
            });
        }

        @Override
        public CompletionStage<Boolean> acknowledge(Batch batch) {
            return Answer.of(() -> {
                String next = batch.next();
                int dot = next.indexOf('.');
                if (dot < 0) {
                    throw new IllegalArgumentException("batch: of no group (expected: one that this reader read)");
                }
                synchronized (MemoryTransitionFeed.this) {
                    Shares shares = groups.get(group);
                    boolean unchanged = shares != null
                            && shares.until.containsKey(consumer)
                            && next.substring(0, dot).equals(String.valueOf(shares.changes));
                    if (shares != null && unchanged && shares.isFirst(consumer)) {
                        shares.position = next.substring(dot + 1);
                    }
                    return unchanged;
                }
            });
        }

        @Override
        public CompletionStage<Void> leave() {
            synchronized (MemoryTransitionFeed.this) {
                Shares shares = groups.get(group);
                if (shares != null && shares.until.remove(consumer) != null) {
                    shares.changes++;
                }
            }
            return CompletableFuture.completedFuture(null);
        }
    }

    synchronized void append(StatusChange change) {
        if (next - oldest == ring.length) {
            if (ring.length < length) {
                grow();
            } else {
                oldest++;
            }
        }
        ring[index(next)] = change;
        next++;
    }

    private synchronized Batch batch(String position, int limit) {
        long from = position.equals(OLDEST) ? oldest : number(position);
        boolean gap = from < oldest;
        long first = Math.max(from, oldest);
        long end = Math.min(next, first + limit);
        List<StatusChange> changes = new ArrayList<>((int) (end - first));
        for (long n = first; n < end; n++) {
            changes.add(ring[index(n)]);
        }
        return new Batch(changes, position(end), gap);
    }

    private String position(long number) {
        return name + '-' + number;
    }

    /** The number in a position; a number before all others if it is of another feed, so that it shows as a gap. */
    private long number(String position) {
        int dash = position.indexOf('-');
        try {
            Long.parseUnsignedLong(position, 0, Math.max(dash, 0), 16);
            long number = Long.parseLong(position, dash + 1, position.length(), 10);
            boolean own = position.startsWith(name + '-');
            if (number >= 0 && !(own && number > next)) {
                return own ? number : -1;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new IllegalArgumentException("position: malformed (expected: oldest, newest() or the next of a batch)");
    }

    private void grow() {
        StatusChange[] larger = new StatusChange[(int) Math.min(length, ring.length * 2L)];
        for (long n = oldest; n < next; n++) {
            larger[(int) (n % larger.length)] = ring[index(n)];
        }
        ring = larger;
    }

    private int index(long number) {
        return (int) (number % ring.length);
    }
}
