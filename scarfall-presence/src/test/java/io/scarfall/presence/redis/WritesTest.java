package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.FencedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which changes share a script, and the effect of its failure. */
class WritesTest {

    private static final int MOST_WAITING = 100;

    private final NodeId node = new NodeId("a", 7);
    private final Sent commands = new Sent();
    private long nanos;
    private final RedisKeys keys = new RedisKeys("test", 2);
    private final StoreTime time = new StoreTime(() -> "", () -> nanos);
    private final Unreadable unreadable = new Unreadable(null, () -> nanos);
    private final Transitions transitions = new Transitions(PresenceSettings.DEFAULTS, Duration.ofHours(1), 2, null);
    private final Writes writes = new Writes(
            commands,
            keys,
            time,
            unreadable,
            new Records(commands, keys, time, transitions, unreadable),
            transitions,
            Duration.ofSeconds(2),
            MOST_WAITING);

    @Test
    void aSingleChangeIsSentAtOnce() {
        CompletionStage<Reply> anna = touch(0, "anna");
        assertThat(commands.users()).containsExactly("anna");
        touch(1, "bert");
        assertThat(commands.users()).as("of another partition").containsExactly("bert");

        commands.answer(0);

        assertThat(await(anna).text(0)).isEqualTo("0");
    }

    @Test
    void changesDuringAScriptAreSentTogetherAndInOrder() {
        touch(0, "anna");
        List<CompletionStage<Reply>> behind = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            behind.add(touch(0, "user" + i));
        }
        assertThat(commands.users()).containsExactly("anna");
        assertThat(commands.calls).as("one at a time").isEmpty();

        commands.answer(0);
        assertThat(commands.users()).isEqualTo(users(0, Writes.MOST_AT_ONCE));
        commands.answer(0);
        assertThat(commands.users()).isEqualTo(users(Writes.MOST_AT_ONCE, 40));
        commands.answer(0);

        assertThat(commands.calls).isEmpty();
        for (int i = 0; i < behind.size(); i++) {
            assertThat(await(behind.get(i)).text(0)).as("each its own answer").isEqualTo("" + i % Writes.MOST_AT_ONCE);
        }
        touch(0, "anna");
        assertThat(commands.users()).containsExactly("anna");
    }

    private static List<String> users(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "user" + i).toList();
    }

    @Test
    void changesOfOneUserOrOfTwoLivesOfANodeAreSentApart() {
        touch(0, "anna");
        touch(0, "bert");
        touch(0, "carl");
        touch(0, "bert");
        writes.touch(0, session(new NodeId("a", 8), "dora"));
        touch(0, "ella");

        List<List<String>> together = new ArrayList<>();
        while (!commands.calls.isEmpty()) {
            together.add(commands.users());
            commands.answer(0);
        }

        assertThat(together)
                .containsExactly(
                        List.of("anna"), List.of("bert", "carl"), List.of("bert"), List.of("dora"), List.of("ella"));
    }

    @Test
    void changesThatWaitForAFailedScriptFailUnsent() {
        CompletionStage<Reply> first = touch(0, "anna");
        CompletionStage<Reply> behind = touch(0, "bert");
        CompletionStage<Reply> elsewhere = touch(1, "carl");

        commands.fail(new RedisException("reset"));

        assertThat(failure(first)).hasMessage("reset");
        assertThat(failure(behind)).hasMessageStartingWith("not sent").matches(NotSentException::isUnsent);
        assertThat(elsewhere.toCompletableFuture()).isNotDone();
        commands.calls.clear();
        touch(0, "dora");
        assertThat(commands.users()).containsExactly("dora");
    }

    @Test
    void aCallThatThrowsFailsAsAnyOther() {
        commands.broken = true;
        assertThat(failure(touch(0, "anna"))).hasMessage("broken");
        commands.broken = false;
        touch(0, "anna");
        assertThat(commands.users()).containsExactly("anna");
    }

    @Test
    void changesThatWaitedForTooLongAreNotSent() {
        touch(0, "anna");
        CompletionStage<Reply> late = touch(0, "bert");
        nanos += Duration.ofSeconds(1).toNanos();
        touch(0, "carl");
        nanos += Duration.ofMillis(1_001).toNanos();

        commands.answer(0);

        assertThat(failure(late)).hasMessageStartingWith("not sent").matches(NotSentException::isUnsent);
        assertThat(commands.users()).containsExactly("carl");
        CompletionStage<Reply> alone = touch(0, "dora");
        nanos += Duration.ofSeconds(3).toNanos();
        commands.answer(0);
        assertThat(failure(alone)).hasMessageStartingWith("not sent");
        assertThat(commands.calls).isEmpty();
        touch(0, "ella");
        assertThat(commands.users()).containsExactly("ella");
    }

    @Test
    void theNumberOfWaitingChangesIsBounded() {
        touch(0, "anna");
        for (int i = 0; i < MOST_WAITING; i++) {
            touch(0, "user" + i);
        }
        assertThat(failure(touch(1, "bert"))).matches(NotSentException::isUnsent);
        commands.answer(0);
        touch(1, "bert");
        assertThat(commands.users()).as("the next of them").hasSize(Writes.MOST_AT_ONCE);
        assertThat(commands.users()).containsExactly("bert");
    }

    @Test
    void aRefusalIsForAllOfThem() {
        touch(0, "anna");
        CompletionStage<Reply> bert = touch(0, "bert");
        CompletionStage<Reply> carl = touch(0, "carl");
        commands.answer(0);

        commands.reply(List.of("FENCED"));

        assertThat(failure(bert)).isInstanceOf(FencedException.class);
        assertThat(failure(carl)).isInstanceOf(FencedException.class);
        CompletionStage<Reply> dora = touch(0, "dora");
        commands.reply(List.of("STALE"));
        assertThat(failure(dora)).isInstanceOf(RedisException.class);
    }

    @Test
    void unreadableDataIsRepairedAndTheChangeIsWrittenAgain() {
        touch(0, "anna");
        CompletionStage<Reply> bert = touch(0, "bert");
        CompletionStage<Reply> carl = touch(0, "carl");
        commands.answer(0);
        CompletionStage<Reply> dora = touch(0, "dora");
        commands.calls.clear();

        commands.reply(List.of(List.of("1"), List.of("E")));

        assertThat(commands.scripts).containsExactly(Script.MEND);
        assertThat(commands.users()).as("before what waits").containsExactly("carl");
        commands.reply(List.of(List.of("0")));
        assertThat(await(bert).text(0)).isEqualTo("1");
        assertThat(await(carl).text(0)).isEqualTo("0");
        assertThat(commands.users()).containsExactly("dora");
        commands.reply(List.of(List.of("E")));
        commands.reply(List.of(List.of("E")));
        assertThat(failure(dora)).as("once").hasMessageContaining("unreadable");
        assertThat(commands.scripts).hasSize(2);
    }

    @Test
    void aFenceOfAnotherTypeIsRepairedAndAllIsWrittenAgain() {
        CompletionStage<Reply> anna = touch(0, "anna");

        commands.fail(new RedisCommandExecutionException("WRONGTYPE"));
        assertThat(commands.scripts).containsExactly(Script.MEND);
        commands.answer(1);

        assertThat(await(anna).text(0)).isEqualTo("1");
    }

    // ----

    private CompletionStage<Reply> touch(int partition, String userId) {
        return writes.touch(partition, session(node, userId));
    }

    private static UserSession session(NodeId node, String userId) {
        Instant now = Instant.EPOCH;
        return new UserSession(userId, "s", node, now, now, null, null, null);
    }

    /** The scripts that were sent; a test answers them. */
    private static final class Sent implements Commands {

        private record Call(String[] args, CompletableFuture<Reply> answer) {}

        /** The changes whose users were not checked yet. */
        private final Deque<Call> calls = new ArrayDeque<>();

        private final Deque<Call> unanswered = new ArrayDeque<>();
        private final List<Script> scripts = new ArrayList<>();
        private boolean broken;

        /** The users of the next script. */
        List<String> users() {
            String[] args = calls.remove().args;
            return IntStream.iterate(9, at -> at < args.length, at -> at + 5)
                    .mapToObj(at -> args[at])
                    .toList();
        }

        /** Answers the oldest script: to each change with its position there. */
        void answer(int first) {
            Call call = unanswered.element();
            int count = (call.args.length - 8) / 5;
            reply(IntStream.range(first, first + count)
                    .mapToObj(i -> List.of("" + i))
                    .toList());
        }

        void reply(List<?> parts) {
            Call call = unanswered.remove();
            calls.remove(call);
            call.answer.complete(new Reply(parts));
        }

        void fail(RuntimeException failure) {
            unanswered.remove().answer.completeExceptionally(failure);
        }

        @Override
        public CompletionStage<Reply> write(int partition, String... args) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            Call call = new Call(Arrays.copyOf(args, args.length), new CompletableFuture<>());
            calls.add(call);
            unanswered.add(call);
            return call.answer;
        }

        @Override
        public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
            scripts.add(script);
            return CompletableFuture.completedFuture(
                    new Reply(Arrays.asList(args).subList(3, args.length)));
        }

        @Override
        public <T> CompletionStage<T> call(
                Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<List<UserRecord>> users(List<String> userIds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long generation() {
            return 1;
        }
    }
}
