package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.testing.Answers;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Records all that a server reports of its sessions. Thread-safe. */
final class Recorder implements EngineListener {

    private static final long PATIENCE_SECONDS = 20;

    private final Map<String, CompletableFuture<Recorded>> sessions = new ConcurrentHashMap<>();

    /** What to do in addition to recording, on the home loop of a session. */
    volatile Consumer<EngineSession> onOpen = session -> {};

    volatile BiConsumer<EngineSession, Bytes> onText = (session, message) -> {};

    volatile BiConsumer<EngineSession, CloseReason> onClose = (session, reason) -> {};

    /** Echoes every message. */
    Recorder echo() {
        onText = (session, message) -> session.send(message);
        return this;
    }

    @Override
    public SessionListener opened(EngineSession session) {
        assert session.isHome();
        Recorded recorded = new Recorded(session);
        future(session.id()).complete(recorded);
        onOpen.accept(session);
        return recorded;
    }

    /** A client may know its session before the listener does. */
    Recorded session(String sid) {
        return Answers.await(future(sid));
    }

    private CompletableFuture<Recorded> future(String sid) {
        return sessions.computeIfAbsent(sid, id -> new CompletableFuture<>());
    }

    List<Recorded> all() {
        return sessions.values().stream().map(CompletableFuture::join).toList();
    }

    /** The events of one session. */
    final class Recorded implements SessionListener {

        final EngineSession session;
        private final Queue<String> events = new ConcurrentLinkedQueue<>();

        /** Each permit is a hint to check the events; a blocking queue would block the event loop. */
        private final Semaphore arrivals = new Semaphore(0);

        private Recorded(EngineSession session) {
            this.session = session;
        }

        @Override
        public void text(Bytes message) {
            assert session.isHome();
            add("text " + message.utf8());
            onText.accept(session, message);
        }

        @Override
        public void binary(Bytes message) {
            assert session.isHome();
            add("binary " + HexFormat.of().formatHex(message.toByteArray()));
        }

        @Override
        public void closed(CloseReason reason) {
            assert session.isHome();
            add("closed " + reason);
            onClose.accept(session, reason);
        }

        private void add(String event) {
            events.add(event);
            arrivals.release();
        }

        /** Takes the next events, and waits for them as long as a network may need. */
        void assertNext(String... expected) {
            for (String event : expected) {
                assertThat(next()).isEqualTo(event);
            }
        }

        String next() {
            try {
                String event = events.poll();
                while (event == null && arrivals.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    event = events.poll();
                }
                return String.valueOf(event);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Takes all events so far. */
        List<String> drain() {
            List<String> drained = new ArrayList<>();
            for (String event; (event = events.poll()) != null; ) {
                drained.add(event);
            }
            return drained;
        }

        void assertNothing() {
            assertThat(events).isEmpty();
        }
    }
}
