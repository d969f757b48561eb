package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.packet.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Takes down all that a server tells of its sessions. Thread-safe. */
final class Recorder implements EngineListener {

    private static final long PATIENCE_SECONDS = 20;

    private final Map<String, Recorded> sessions = new ConcurrentHashMap<>();

    /** What to do in addition, on the home loop of a session. */
    volatile Consumer<EngineSession> onOpen = session -> {};

    volatile BiConsumer<EngineSession, Bytes> onText = (session, message) -> {};

    volatile BiConsumer<EngineSession, CloseReason> onClose = (session, reason) -> {};

    /** Sends every message back. */
    Recorder echo() {
        onText = (session, message) -> session.send(message);
        return this;
    }

    @Override
    public SessionListener opened(EngineSession session) {
        assert session.isHome();
        Recorded recorded = new Recorded(session);
        sessions.put(session.id(), recorded);
        onOpen.accept(session);
        return recorded;
    }

    Recorded session(String sid) {
        assertThat(sessions).containsKey(sid);
        return sessions.get(sid);
    }

    List<Recorded> all() {
        return List.copyOf(sessions.values());
    }

    /** What one session told. */
    final class Recorded implements SessionListener {

        final EngineSession session;
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        private Recorded(EngineSession session) {
            this.session = session;
        }

        @Override
        public void text(Bytes message) {
            assert session.isHome();
            events.add("text " + message.utf8());
            onText.accept(session, message);
        }

        @Override
        public void binary(Bytes message) {
            assert session.isHome();
            events.add("binary " + HexFormat.of().formatHex(message.toByteArray()));
        }

        @Override
        public void closed(CloseReason reason) {
            assert session.isHome();
            events.add("closed " + reason);
            onClose.accept(session, reason);
        }

        /** Takes the next events, and waits for them as long as it takes on a network. */
        void assertNext(String... expected) {
            for (String event : expected) {
                assertThat(next()).isEqualTo(event);
            }
        }

        String next() {
            try {
                return String.valueOf(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Takes all events that are there. */
        List<String> drain() {
            List<String> drained = new ArrayList<>();
            events.drainTo(drained);
            return drained;
        }

        void assertNothing() {
            assertThat(events).isEmpty();
        }
    }
}
