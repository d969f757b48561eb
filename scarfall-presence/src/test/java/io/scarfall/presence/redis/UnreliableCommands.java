package io.scarfall.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.LostAnswerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Real commands on a network that repeats writes, loses answers, and delivers writes of a lost connection late, after
 * a write of the next connection. For one test thread at a time.
 */
final class UnreliableCommands extends ForwardingCommands {

    /** The writes to a dead connection. */
    private record Late(int partition, String[] args) {}

    private final Random random;
    private final List<Late> late = new ArrayList<>();
    private int reconnects;
    private int refused;

    UnreliableCommands(Commands real, Random random) {
        super(real);
        this.random = random;
    }

    /** How many late writes were refused. */
    int refused() {
        return refused;
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        return real.write(partition, args).thenCompose(reply -> afterwards(partition, args, reply));
    }

    private CompletionStage<Reply> afterwards(int partition, String[] args, Reply reply) {
        boolean taken = !isRefusal(reply);
        CompletionStage<?> done = taken ? deliverLate(partition, args) : CompletableFuture.completedFuture(null);
        if (taken && random.nextInt(4) == 0) {
            done = done.thenCompose(before -> real.write(partition, args));
        }
        if (taken && random.nextInt(4) == 0) {
            late.add(new Late(partition, args));
            reconnects++;
        }
        boolean lost = taken && random.nextInt(8) == 0;
        return done.thenApply(before -> {
            if (lost) {
                throw new LostAnswerException();
            }
            return reply;
        });
    }

    /**
     * Writes of the same node in the same partition with an older generation than the one that was just accepted.
     */
    private CompletionStage<?> deliverLate(int partition, String[] args) {
        CompletionStage<?> done = CompletableFuture.completedFuture(null);
        for (Late write : List.copyOf(late)) {
            boolean older = Long.parseLong(write.args[3]) < Long.parseLong(args[3]) || !write.args[2].equals(args[2]);
            if (write.partition == partition && write.args[1].equals(args[1]) && older) {
                late.remove(write);
                done = done.thenCompose(before -> real.write(write.partition, write.args))
                        .thenAccept(reply -> {
                            assertThat(isRefusal(reply))
                                    .as("a late write was taken")
                                    .isTrue();
                            refused++;
                        });
            }
        }
        return done;
    }

    private static boolean isRefusal(Reply reply) {
        return reply.isText(0);
    }

    @Override
    public long generation() {
        return real.generation() + reconnects;
    }
}
