package io.scarfall.gateway.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.node.ThisNodes;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two nodes with a clock of the test, over a bus that loses, repeats, delays and reorders messages. */
class NodeLinksTest {

    private static final Recipient BOB = Recipient.of("bob");
    private static final Duration APPLY = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(12);

    private final Simulation simulation = new Simulation();
    private final Simulation.Node a = simulation.new Node("a");
    private final Simulation.Node b = simulation.new Node("b");

    /** The scheduled tasks, by time. */
    private static final class Simulation {

        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::order));
        private final List<Node> nodes = new ArrayList<>();
        private long millis;
        private long order;
        private Fate fate = (from, to) -> List.of(1L);

        private record Event(long atMillis, long order, Runnable task) {}

        /** The delays in milliseconds after which a message arrives, one for each arrival. */
        private interface Fate {
            List<Long> of(NodeId from, NodeId to);
        }

        private long nanoTime() {
            return millis * 1_000_000;
        }

        private void at(long atMillis, Runnable task) {
            events.add(new Event(atMillis, order++, task));
        }

        private void run(Duration time) {
            long end = millis + time.toMillis();
            for (long tick = millis + 100; tick <= end; tick += 100) {
                at(tick, () -> nodes.forEach(node -> node.tick()));
            }
            while (!events.isEmpty() && events.peek().atMillis() <= end) {
                Event event = events.remove();
                millis = event.atMillis();
                event.task().run();
            }
            millis = end;
        }

        final class Node implements NodeBus {

            private final ThisNode self;
            private final List<String> applied = new ArrayList<>();
            private final List<CompletableFuture<BitSet>> held = new ArrayList<>();
            private final StoreClock clock = new StoreClock(Simulation.this::nanoTime);
            private final NodeLinks links;
            private final LinkReceiver receiver;
            private boolean listens = true;
            private boolean failsToSend;
            private boolean holdsAnswers;
            private int carried;
            private BodyHandler handler = this::apply;
            private Predicate<Body> takes = body -> true;

            Node(String name) {
                self = ThisNodes.joined(name, 1);
                clock.learn(Instant.ofEpochMilli(millis));
                DeliveryConfig defaults = DeliveryConfig.DEFAULT;
                links = new NodeLinks(this, self, clock, Simulation.this::nanoTime, defaults);
                receiver = new LinkReceiver(
                        this, links, clock, Simulation.this::nanoTime, body -> handler.handle(body), Metrics.NONE);
                nodes.add(this);
            }

            void tick() {
                links.tick();
                receiver.tick();
            }

            void updateMembers(Set<NodeId> live) {
                receiver.updateMembers(live);
                links.updateMembers(live);
            }

            /** Takes a new epoch. Messages to earlier epochs still arrive. */
            void rejoin() {
                ThisNodes.rejoin(self);
            }

            CompletionStage<Outcome> send(Node to, String text) {
                return send(to, text, links.moment());
            }

            CompletionStage<Outcome> send(Node to, String text, long since) {
                return links.deliver(to.self.id(), UserEvent.of("e", Arguments.of(text)), List.of(BOB), since);
            }

            private CompletionStage<BitSet> apply(Body body) {
                String json = ((Envelope.Deliver) body).event().packet().text().utf8();
                applied.add(json.substring("2[\"e\",\"".length(), json.length() - 2));
                BitSet sent = new BitSet();
                sent.set(0, takes.test(body));
                if (!holdsAnswers) {
                    return CompletableFuture.completedFuture(sent);
                }
                CompletableFuture<BitSet> later = new CompletableFuture<>();
                held.add(later);
                return later;
            }

            @Override
            public CompletionStage<Boolean> send(NodeId to, byte[] message) {
                carried++;
                Node receiver = nodes.stream()
                        .filter(node -> node.self.is(to))
                        .findFirst()
                        .orElseThrow();
                if (failsToSend) {
                    return CompletableFuture.failedFuture(new IllegalStateException("connection lost"));
                }
                if (!receiver.listens) {
                    return CompletableFuture.completedFuture(false);
                }
                for (long delay : fate.of(self.id(), to)) {
                    at(millis + delay, () -> {
                        if (receiver.listens) {
                            receiver.receiver.receive(message);
                        }
                    });
                }
                return CompletableFuture.completedFuture(true);
            }

            @Override
            public CompletionStage<Inbox> listen(NodeId self, Listener listener) {
                throw new AssertionError();
            }

            @Override
            public int maxMessageBytes() {
                return 1 << 20;
            }
        }
    }

    private static Outcome now(CompletionStage<Outcome> outcome) {
        return outcome.toCompletableFuture().getNow(null);
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int bit : set) {
            bits.set(bit);
        }
        return bits;
    }

    private static final Outcome SENT = new Outcome(bits(0));

    @Test
    void aMessageCostsOneFrameAndOneAnswer() {
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(20));

        assertThat(now(outcome)).isEqualTo(SENT);
        assertThat(b.applied).containsExactly("x");
        assertThat(a.carried).isEqualTo(1);
        assertThat(b.carried).isEqualTo(1);
        assertThat(a.links.unanswered()).isZero();
    }

    @Test
    void forgedFramesDoNotTakeTheRoomOfAStartingNode() {
        b.handler = body -> CompletableFuture.completedFuture(bits());
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            NodeId sender = new NodeId(i % 2 == 0 ? "x" : "x" + i, i % 3 == 0 ? i + 1 : 60_000_000_000L + i);
            Body body = i % 4 == 0 && i % 3 != 0
                    ? new Envelope.Deliver(UserEvent.of("e", Arguments.of("forged")), List.of(BOB))
                    : null;
            Envelope frame = new Envelope.Frame(random.nextLong(), sender, 1, 1, 1, Long.MAX_VALUE, body);
            b.receiver.receive(EnvelopeCodec.encode(frame));
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            b.receiver.receive(garbage);
        }
        assertThat(b.receiver.size()).isLessThan(2_000);

        b.handler = b::apply;
        CompletionStage<Outcome> outcome = a.send(b, "x"); // b's newest beat does not include a
        simulation.run(Duration.ofSeconds(1));
        assertThat(now(outcome)).isEqualTo(SENT);
        assertThat(b.applied).containsExactly("x");
    }

    @Test
    void framesInTheNameOfAMemberDoNotTakeTheRoomOfAnotherMember() {
        NodeId member = new NodeId("c", 7);
        b.updateMembers(Set.of(a.self.id(), member));
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            Envelope frame = new Envelope.Frame(random.nextLong(), member, 1, 1, 1, Long.MAX_VALUE, null);
            b.receiver.receive(EnvelopeCodec.encode(frame));
        }
        assertThat(b.receiver.size()).isLessThanOrEqualTo(InboundLinks.MAX_OF_SENDER);

        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(1));
        assertThat(now(outcome)).isEqualTo(SENT);
    }

    @Test
    void aMessageThatNoSocketTookIsReportedAsFailed() {
        b.takes = body -> false;
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofMillis(10));

        assertThat(now(outcome)).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void theReceiverAsksForALostFrameWhenTheNextArrives() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> first = a.send(b, "1");
        simulation.fate = (from, to) -> List.of(1L);
        CompletionStage<Outcome> second = a.send(b, "2");
        simulation.run(Duration.ofMillis(50));

        assertThat(b.applied).containsExactly("1", "2");
        assertThat(now(first)).isEqualTo(SENT);
        assertThat(now(second)).isEqualTo(SENT);
    }

    @Test
    void theLastFrameIsSentAgainAfterATimeout() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofMillis(300));
        simulation.fate = (from, to) -> List.of(1L);
        simulation.run(Duration.ofSeconds(1));

        assertThat(b.applied).containsExactly("x");
        assertThat(now(outcome)).isEqualTo(SENT);
    }

    @Test
    void theSenderAsksForALostAnswerAndNothingIsAppliedTwice() {
        simulation.fate = (from, to) -> from.equals(a.self.id()) ? List.of(1L) : List.of();
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(10)); // far beyond the time limit for applying
        assertThat(now(outcome)).isNull();
        simulation.fate = (from, to) -> List.of(1L);
        simulation.run(Duration.ofSeconds(2));

        assertThat(b.applied).containsExactly("x");
        assertThat(now(outcome)).isEqualTo(SENT);
    }

    @Test
    void aLateFrameHasCertainlyFailed() {
        simulation.fate = (from, to) -> List.of(APPLY.toMillis() + 5_000);
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(6));
        assertThat(now(outcome)).isNull();
        simulation.fate = (from, to) -> List.of(1L);
        simulation.run(Duration.ofSeconds(5));

        assertThat(now(outcome)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(b.applied).isEmpty();
    }

    /** Without an earlier question, the receiver has to check the time of the frame itself. */
    @Test
    void aLateFrameIsNotAppliedEvenWithoutAnEarlierQuestion() {
        simulation.fate = (from, to) -> List.of(APPLY.toMillis() + 1_000);
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.fate = (from, to) -> from.equals(a.self.id()) ? List.of() : List.of(1L);
        simulation.run(Duration.ofSeconds(5));

        assertThat(b.applied).isEmpty();
        assertThat(now(outcome)).isEqualTo(Outcome.NOT_APPLIED);
    }

    /** The sender's node was frozen, or its store slow: devices that have the message may have moved to the other node. */
    @Test
    void theTimeOfAFrameRunsFromTheMomentWhenItsNodeTookTheMessage() {
        long since = a.links.moment();
        simulation.fate = (from, to) -> List.of(500L);
        simulation.run(APPLY.minusMillis(600));
        CompletionStage<Outcome> inTime = a.send(b, "1", since);
        simulation.run(Duration.ofMillis(300));
        CompletionStage<Outcome> late = a.send(b, "2", since);
        simulation.run(Duration.ofMillis(301));
        CompletionStage<Outcome> tooLate = a.send(b, "3", since);
        assertThat(now(tooLate)).isEqualTo(Outcome.NOT_APPLIED);
        simulation.run(Duration.ofSeconds(5));

        assertThat(b.applied).containsExactly("1");
        assertThat(now(inTime)).isEqualTo(SENT);
        assertThat(now(late)).isEqualTo(Outcome.NOT_APPLIED);
    }

    /** A failed transmission may have arrived, unlike one for which the bus reports that no node listened. */
    @Test
    void ifTheBusFailsTheOutcomeIsUnknown() {
        a.failsToSend = true;
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(ANSWER.minusMillis(1));
        assertThat(now(outcome)).isNull();
        simulation.run(Duration.ofMillis(200));

        assertThat(now(outcome)).isEqualTo(Outcome.UNKNOWN);
    }

    /** A node that wakes after its lease expired sends some frames with its old epoch, and continues with a new one. */
    @Test
    void framesOfAnOlderEpochDoNotFollowFramesOfANewerOne() {
        CompletionStage<Outcome> first = a.send(b, "1");
        simulation.run(Duration.ofMillis(10));
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> lost = a.send(b, "2");
        a.rejoin();
        simulation.fate = (from, to) -> List.of(1L);
        CompletionStage<Outcome> newer = a.send(b, "3");
        simulation.run(Duration.ofSeconds(20));

        assertThat(b.applied).containsExactly("1", "3");
        assertThat(List.of(now(first), now(lost), now(newer))).containsExactly(SENT, Outcome.NOT_APPLIED, SENT);
    }

    @Test
    void framesToAnOlderEpochDoNotFollowFramesToANewerOne() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> lost = a.send(b, "1");
        simulation.fate = (from, to) -> List.of(1L);
        b.rejoin();
        CompletionStage<Outcome> newer = a.send(b, "2");
        simulation.run(Duration.ofSeconds(20));

        assertThat(b.applied).containsExactly("2");
        assertThat(List.of(now(lost), now(newer))).containsExactly(Outcome.NOT_APPLIED, SENT);
    }

    @Test
    void aFrameReportedAsFailedIsNotAppliedAfterTheClockIsSetBack() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofMillis(100));
        simulation.fate = (from, to) -> List.of(4_000L, 8_000L); // including the repeated ones
        simulation.run(Duration.ofMillis(1_900));
        simulation.fate = (from, to) -> List.of(1L);
        simulation.run(Duration.ofSeconds(2));
        assertThat(now(outcome)).isEqualTo(Outcome.NOT_APPLIED);
        b.clock.learn(Instant.ofEpochMilli(0));
        simulation.run(Duration.ofSeconds(20));

        assertThat(b.applied).isEmpty();
    }

    @Test
    void aGapWhoseFrameExpiredIsSkipped() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> lost = a.send(b, "lost");
        simulation.run(Duration.ofMillis(1_900));
        CompletionStage<Outcome> kept = a.send(b, "kept");
        simulation.run(Duration.ofMillis(200));
        simulation.fate = (from, to) -> List.of(1L);
        simulation.run(Duration.ofSeconds(3));

        assertThat(b.applied).containsExactly("kept");
        assertThat(now(lost)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(now(kept)).isEqualTo(SENT);
    }

    @Test
    void withoutAnAnswerTheOutcomeIsUnknown() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(ANSWER.minusMillis(1));
        assertThat(now(outcome)).isNull();
        simulation.run(Duration.ofMillis(200));

        assertThat(now(outcome)).isEqualTo(Outcome.UNKNOWN);
        assertThat(a.links.unanswered()).isZero();
    }

    @Test
    void ifNoNodeEverListenedTheFrameFailsWhenItsTimeIsOver() {
        b.listens = false;
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(APPLY);
        assertThat(now(outcome)).isNull();
        simulation.run(Duration.ofMillis(200));

        assertThat(now(outcome)).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void aNodeThatListensAgainInTimeGetsTheFrame() {
        b.listens = false;
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(1));
        b.listens = true;
        simulation.run(Duration.ofSeconds(1));

        assertThat(now(outcome)).isEqualTo(SENT);
        assertThat(b.applied).containsExactly("x");
    }

    @Test
    void theSenderDoesNotWaitForADeadNode() {
        simulation.fate = (from, to) -> List.of();
        CompletionStage<Outcome> outcome = a.send(b, "x");
        a.updateMembers(Set.of(a.self.id()));
        assertThat(now(outcome)).isNull(); // the node may just have joined
        simulation.run(Duration.ofMillis(1_100));
        a.updateMembers(Set.of(a.self.id(), b.self.id()));
        assertThat(now(outcome)).isNull();
        a.updateMembers(Set.of(a.self.id()));

        assertThat(now(outcome)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aSlowAnswerDoesNotCauseASecondApplication() {
        b.holdsAnswers = true;
        CompletionStage<Outcome> outcome = a.send(b, "x");
        simulation.run(Duration.ofSeconds(5));
        assertThat(b.applied).containsExactly("x");
        assertThat(now(outcome)).isNull();
        b.held.forEach(later -> later.complete(bits(0)));
        simulation.run(Duration.ofMillis(10));

        assertThat(now(outcome)).isEqualTo(SENT);
    }

    /** On an event loop they would overtake the tasks that earlier frames have queued there. */
    @Test
    void framesAreAppliedOnTheThreadOfTheBus() throws InterruptedException {
        b.holdsAnswers = true;
        a.send(b, "1");
        simulation.run(Duration.ofMillis(10));
        List<Thread> appliers = new ArrayList<>();
        b.takes = body -> appliers.add(Thread.currentThread());
        simulation.fate = (from, to) -> {
            if (from.equals(b.self.id()) && appliers.isEmpty()) { // the loop answers the first while the second arrives
                simulation.fate = (again, there) -> List.of(0L);
                Thread bus = new Thread(
                        () -> {
                            a.send(b, "2");
                            simulation.run(Duration.ofMillis(10));
                        },
                        "bus");
                bus.start();
                join(bus);
            }
            return List.of(1L);
        };
        Thread loop = new Thread(() -> b.held.get(0).complete(bits(0)), "loop");
        loop.start();
        loop.join();

        assertThat(b.applied).containsExactly("1", "2");
        assertThat(appliers).extracting(Thread::getName).containsExactly("bus");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unansweredFramesAreBounded() {
        simulation.fate = (from, to) -> List.of();
        for (int i = 0; i < OutboundLink.MAX_FRAMES; i++) {
            assertThat(now(a.send(b, "x"))).isNull();
        }
        assertThat(now(a.send(b, "x"))).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(a.links.unanswered()).isEqualTo(OutboundLink.MAX_FRAMES);
    }

    private static LongStream seeds() {
        String replay = System.getProperty("scarfall.seed");
        return replay != null
                ? LongStream.of(Long.parseLong(replay))
                : LongStream.concat(LongStream.range(0, 200), new Random().longs(50));
    }

    /** Whatever the bus does, frames are applied in order and at most once, and every outcome is right. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsItsGuaranteesOverAnyBus(long seed) {
        Random random = new Random(seed);
        int loss = random.nextInt(60);
        int repeats = random.nextInt(30);
        int longest = random.nextBoolean() ? 20 : 4_000;
        boolean[] cut = {false};
        simulation.fate = (from, to) -> {
            List<Long> arrivals = new ArrayList<>();
            if (!cut[0] && random.nextInt(100) >= loss) {
                arrivals.add((long) random.nextInt(longest));
                while (random.nextInt(100) < repeats) {
                    arrivals.add((long) random.nextInt(2 * longest));
                }
            }
            return arrivals;
        };
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            outcomes.add(a.send(b, "" + i));
            simulation.run(Duration.ofMillis(random.nextInt(20)));
            switch (random.nextInt(100)) {
                case 0 -> cut[0] = !cut[0];
                case 1 -> b.listens = !b.listens;
                case 2 -> simulation.run(Duration.ofMillis(random.nextInt(5_000)));
                case 3 -> a.rejoin();
                case 4 -> b.rejoin();
                default -> {}
            }
        }
        simulation.run(ANSWER.plusSeconds(1));
        cut[0] = false;
        b.listens = true;
        simulation.run(Duration.ofSeconds(60));

        List<Integer> applied = b.applied.stream().map(Integer::valueOf).toList();
        assertThat(applied).as("applied").isSorted().doesNotHaveDuplicates();
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = now(outcomes.get(i));
            assertThat(outcome).as("outcome of " + i).isNotNull();
            if (!outcome.equals(Outcome.UNKNOWN)) {
                assertThat(applied.contains(i)).as("truth of " + i).isEqualTo(outcome.equals(SENT));
            }
        }
        assertThat(a.links.unanswered()).isZero();

        simulation.fate = (from, to) -> List.of(1L);
        List<CompletionStage<Outcome>> healed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            healed.add(a.send(b, "" + (outcomes.size() + i)));
        }
        simulation.run(Duration.ofSeconds(1));
        assertThat(healed)
                .as("outcomes after the bus has healed")
                .allSatisfy(outcome -> assertThat(now(outcome)).isEqualTo(SENT));
    }

    @Test
    void aBusThatOnlyDelaysCausesNoLoss() {
        Random random = new Random(5);
        simulation.fate = (from, to) -> List.of((long) random.nextInt(300));
        List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            outcomes.add(a.send(b, "" + i));
            simulation.run(Duration.ofMillis(1));
        }
        simulation.run(Duration.ofSeconds(3));

        assertThat(outcomes).allSatisfy(outcome -> assertThat(now(outcome)).isEqualTo(SENT));
        assertThat(b.applied).hasSize(1_000);
    }
}
