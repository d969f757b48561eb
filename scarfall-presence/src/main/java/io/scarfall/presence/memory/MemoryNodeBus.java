package io.scarfall.presence.memory;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.store.Answer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries messages between nodes of this process: in order, once, and on a thread of the executor. Thread-safe. */
final class MemoryNodeBus implements NodeBus {

    /** How many messages may wait for a listener; beyond it messages are lost. */
    static final int MAX_WAITING = 16_384;

    private static final Logger log = LoggerFactory.getLogger(MemoryNodeBus.class);
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final int CALLS_PER_TURN = 64;

    private final Executor executor;
    private final ConcurrentMap<NodeId, QueuedInbox> inboxes = new ConcurrentHashMap<>();

    MemoryNodeBus(Executor executor) {
        this.executor = executor;
    }

    @Override
    public CompletionStage<Boolean> send(NodeId to, byte[] message) {
        Objects.requireNonNull(to, "to");
        return Answer.of(() -> {
            if (message.length > MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException(
                        "message: " + message.length + " bytes (expected: <= " + MAX_MESSAGE_BYTES + ")");
            }
            QueuedInbox inbox = inboxes.get(to);
            return inbox != null && inbox.offer(message);
        });
    }

    @Override
    public CompletionStage<Inbox> listen(NodeId self, Listener listener) {
        QueuedInbox inbox = new QueuedInbox(self, listener);
        if (inboxes.putIfAbsent(self, inbox) != null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("node: " + self + " (expected: one that does not listen yet)"));
        }
        return CompletableFuture.completedFuture(inbox);
    }

    @Override
    public int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }

    /** The messages that wait for one listener. At most one task of it is scheduled or runs at any time. */
    private final class QueuedInbox implements Inbox {

        private final NodeId self;
        private final Listener listener;
        private final Queue<byte[]> waiting = new ArrayDeque<>();
        private boolean scheduled;
        private boolean closed;

        QueuedInbox(NodeId self, Listener listener) {
            this.self = Objects.requireNonNull(self, "self");
            this.listener = Objects.requireNonNull(listener, "listener");
        }

        @Override
        public void close() {
            inboxes.remove(self, this);
            synchronized (this) {
                closed = true;
                waiting.clear();
            }
        }

        /** Whether the message was taken. */
        boolean offer(byte[] message) {
            synchronized (this) {
                if (closed || waiting.size() >= MAX_WAITING) {
                    return false;
                }
                waiting.add(message);
                if (scheduled) {
                    return true;
                }
                scheduled = true;
            }
            schedule();
            return true;
        }

        private void schedule() {
            try {
                executor.execute(this::takeTurn);
            } catch (RejectedExecutionException e) {
                close(); // the process ends
                throw e;
            }
        }

        private void takeTurn() {
            for (int i = 0; i < CALLS_PER_TURN; i++) {
                byte[] message = next();
                if (message == null) {
                    return;
                }
                try {
                    listener.received(message);
                } catch (Throwable e) { // also an Error: without a next task the inbox would never be read again
                    log.error("listener failed: node={} bytes={}", self, message.length, e);
                }
            }
            schedule();
        }

        private synchronized byte @Nullable [] next() {
            byte[] message = waiting.poll();
            scheduled = message != null;
            return message;
        }
    }
}
