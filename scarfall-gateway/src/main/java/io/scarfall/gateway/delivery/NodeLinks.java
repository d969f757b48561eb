package io.scarfall.gateway.delivery;

import io.scarfall.gateway.delivery.Envelope.Deliver;
import io.scarfall.gateway.delivery.Envelope.Delivered;
import io.scarfall.gateway.node.ThisNode;
import io.scarfall.presence.node.NodeBus;
import io.scarfall.presence.node.NodeId;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries envelopes to other nodes, and brings each question together with its answer. Thread-safe.
 *
 * <p>It adds nothing to what the bus promises: what is lost there stays unanswered, and its outcome is uncertain when the
 * time for the answer is over.
 */
public final class NodeLinks {

    private static final Logger log = LoggerFactory.getLogger(NodeLinks.class);

    private static final long JUST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeBus bus;
    private final ThisNode self;
    private final long answerNanos;
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentMap<Long, Question> questions = new ConcurrentHashMap<>();

    private record Question(NodeId to, long untilNanos, CompletableFuture<Answer> answer) {}

    /**
     * How a question ended.
     *
     * @param sent the recipients who got it, by their place in the question; null if nobody knows
     */
    record Answer(@Nullable BitSet sent) {

        static final Answer NOBODY = new Answer(new BitSet(0));
        static final Answer UNKNOWN = new Answer(null);
    }

    /** @param answerTimeout how long an answer is waited for; {@link #expire} must be called now and then */
    public NodeLinks(NodeBus bus, ThisNode self, Duration answerTimeout) {
        this.bus = bus;
        this.self = self;
        answerNanos = answerTimeout.toNanos();
    }

    /** Whether an id is one of this node, under whatever epoch. */
    boolean isSelf(NodeId node) {
        return self.is(node);
    }

    /** The largest envelope. */
    int maxBytes() {
        return bus.maxMessageBytes();
    }

    /** Asks a node to deliver; the stage never fails, and completes on any thread. */
    CompletionStage<Answer> deliver(NodeId to, UserEvent event, List<Recipient> recipients) {
        NodeId from = self.id();
        if (from == null) {
            return CompletableFuture.completedFuture(Answer.NOBODY);
        }
        long id = ids.incrementAndGet();
        Question question = new Question(to, System.nanoTime() + answerNanos, new CompletableFuture<>());
        questions.put(id, question);
        bus.send(to, EnvelopeCodec.encode(new Deliver(id, from, event, recipients)))
                .whenComplete((taken, error) -> {
                    if (error == null && !taken) {
                        settle(id, Answer.NOBODY); // nobody listens there: it is lost for certain
                    } else if (error != null) {
                        log.debug(
                                "bus failed to={} error={}",
                                to,
                                error.toString()); // perhaps it arrived: the answer will tell
                    }
                });
        return question.answer();
    }

    /** Sends what nobody answers. */
    void tell(NodeId to, Envelope envelope) {
        bus.send(to, EnvelopeCodec.encode(envelope)).whenComplete((taken, error) -> {
            if (error != null) {
                log.debug("bus failed to={} error={}", to, error.toString());
            }
        });
    }

    /** Takes the answer of another node. */
    void answered(Delivered delivered) {
        settle(delivered.id(), new Answer(delivered.sent()));
    }

    private void settle(long id, Answer answer) {
        Question question = questions.remove(id);
        if (question != null) {
            question.answer().complete(answer);
        }
    }

    /**
     * Gives up on the answers of nodes that live no more: they will never come. A question that was just asked is left for
     * the next call, since the node may have joined after the list was made.
     */
    public void retain(Set<NodeId> live) {
        long now = System.nanoTime();
        questions.forEach((id, question) -> {
            boolean justAsked = question.untilNanos() - now > answerNanos - JUST_NANOS;
            if (!justAsked && !live.contains(question.to())) {
                settle(id, Answer.UNKNOWN);
            }
        });
    }

    /** Gives up on the answers whose time is over. */
    public void expire() {
        long now = System.nanoTime();
        questions.forEach((id, question) -> {
            if (now - question.untilNanos() >= 0) {
                settle(id, Answer.UNKNOWN);
            }
        });
    }
}
