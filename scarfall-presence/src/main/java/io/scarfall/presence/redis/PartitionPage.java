package io.scarfall.presence.redis;

import io.scarfall.presence.internal.store.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page over all partitions: first it asks each for its size, then it reads those that the page needs.
 *
 * @param items at most as many as requested
 * @param last the last item if more follow, else {@code null}
 * @param total the size of all partitions
 */
record PartitionPage<T>(List<T> items, @Nullable T last, long total) {

    static CompletionStage<List<Long>> sizes(int partitions, IntFunction<CompletionStage<Long>> size) {
        List<CompletionStage<Long>> sizes = new ArrayList<>(partitions);
        for (int p = 0; p < partitions; p++) {
            sizes.add(size.apply(p));
        }
        return Answer.all(sizes);
    }

    /** The end of the partitions that {@link #read} reads first; the last partition, if all later ones are empty. */
    static int reach(List<Long> sizes, int first, int limit) {
        long expected = 0;
        int p = first;
        for (; p < sizes.size() && expected <= limit; p++) {
            expected += p == first ? 0 : sizes.get(p);
        }
        return sizes.subList(p, sizes.size()).stream().allMatch(size -> size == 0) ? sizes.size() : p;
    }

    /**
     * Reads a page.
     *
     * @param first the partition to begin with
     * @param read gives the items of a partition; of the first one, those after the cursor
     */
    static <T> CompletionStage<PartitionPage<T>> read(
            List<Long> sizes, int first, int limit, IntFunction<CompletionStage<List<T>>> read) {
        long total = sizes.stream().mapToLong(Long::longValue).sum();
        return read(sizes, first, first, limit, read, total);
    }

    private static <T> CompletionStage<PartitionPage<T>> read(
            List<Long> sizes, int first, int from, int limit, IntFunction<CompletionStage<List<T>>> read, long total) {
        List<CompletionStage<List<T>>> reads = new ArrayList<>();
        long expected = 0; // of the first partition it is unknown how many come after the cursor
        int p = from;
        for (; p < sizes.size() && expected <= limit; p++) {
            if (sizes.get(p) > 0) {
                expected += p == first ? 0 : sizes.get(p);
                reads.add(read.apply(p));
            }
        }
        int next = p;
        boolean through = sizes.subList(next, sizes.size()).stream().allMatch(size -> size == 0);
        return Answer.all(reads).thenCompose(partitions -> {
            List<T> found = new ArrayList<>();
            partitions.forEach(found::addAll);
            if (found.isEmpty() && !through) { // removed since they were counted
                return read(sizes, first, next, limit, read, total);
            }
            boolean more = found.size() > limit || !through;
            List<T> items = List.copyOf(found.subList(0, Math.min(limit, found.size())));
            T last = more ? items.get(items.size() - 1) : null;
            return CompletableFuture.completedFuture(new PartitionPage<>(items, last, total));
        });
    }
}
