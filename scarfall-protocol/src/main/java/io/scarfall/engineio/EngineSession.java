package io.scarfall.engineio;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * One client (<a href="https://socket.io/docs/v4/engine-io-protocol/">Engine.IO protocol 4</a>), as an application sees
 * it.
 *
 * <p>A session is confined to its home loop, the event loop that opened it. Methods marked "thread-safe" may be called
 * on any thread: they do their work on the home loop, in the order of the calls of one thread. All other methods must
 * be called on the home loop.
 */
public interface EngineSession {

    /** The id, a secret between the client and this server. Thread-safe. */
    String id();

    /** The request that opened the session. Thread-safe. */
    Handshake handshake();

    /** The name of the transport in use, {@code polling} or {@code websocket}. Thread-safe. */
    String transport();

    /** Whether the session is open. Thread-safe. */
    boolean isOpen();

    /** The home loop, to run tasks on; they must not block. Thread-safe. */
    Executor home();

    /** Whether the caller is on the home loop. Thread-safe. */
    boolean isHome();

    /**
     * Runs a task on the home loop: at once if the caller is on it, else soon and in the order of the calls.
     * Thread-safe.
     */
    void execute(Runnable task);

    /** Runs a task on the home loop after a delay; the returned future cancels it. Thread-safe. */
    Future<?> schedule(Runnable task, Duration delay);

    /**
     * Sends a text message. Thread-safe.
     *
     * @param message well-formed UTF-8, without U+001E if the client may be polling
     * @return on the home loop: false if the session has ended, or if too much already waits for the peer, see {@link
     *     EngineConfig#maxUnsentBytes}; on other threads: whether the session was open
     */
    default boolean send(Bytes message) {
        return send(message, List.of());
    }

    /** Sends a binary message, with the result of {@link #send(Bytes)}. Thread-safe. */
    boolean sendBinary(Bytes message);

    /**
     * Sends a text message and the binary messages that belong to it, all or none, with no other message in between,
     * and with the result of {@link #send(Bytes)}. Thread-safe.
     */
    boolean send(Bytes message, List<Bytes> attachments);

    /**
     * Sends what the peer must not miss, such as the answer to its request, as {@link #send(Bytes, List)} does. As much
     * again as {@link EngineConfig#maxUnsentBytes} may wait for it, because only the peer's own requests fill that
     * room. Beyond it the session ends as {@link CloseReason#TOO_SLOW}. Thread-safe.
     */
    boolean sendNeeded(Bytes message, List<Bytes> attachments);

    /** Whether more than 64 KB wait for the peer to read them. */
    boolean isBacklogged();

    /** Whether a message would leave at once, rather than wait for the peer. */
    boolean isWritable();

    /**
     * Takes no more packets of the peer until {@link #resumeReading}. On WebSocket, TCP then makes the peer wait; by
     * polling, its POST is answered after its packets were taken. Missing heartbeat answers do not end the session
     * meanwhile. A second call does nothing.
     */
    void pauseReading();

    /** Ends the pause of {@link #pauseReading}; without a pause it does nothing. */
    void resumeReading();

    /**
     * Pauses reading as {@link #pauseReading} does, independently of it and of other holds: the session takes packets
     * again when all holds are released and no pause is left.
     *
     * @return releases the hold; thread-safe, and a second run does nothing
     */
    Runnable holdReading();

    /** Ends the session after what was sent has left. Thread-safe. */
    void close(CloseReason reason);

    /**
     * Lifts {@link EngineConfig#maxUntrustedBytes} for this peer: the application has authenticated it. When memory is
     * short, the server closes peers that are not trusted first. Thread-safe.
     */
    void trust();

    /** Whether the peer is trusted; always true if untrusted peers have no bound of their own. Thread-safe. */
    boolean isTrusted();

    /**
     * Reports that the application holds more bytes that this peer sent, such as events that wait.
     *
     * @param change how many more; negative for bytes that it no longer holds, also after the session has ended
     */
    void holds(long change);

    /** Whether the application may hold this many bytes of an incomplete packet; if not, the limit is counted. */
    boolean mayHold(int bytes);

    /** Reports to {@link EngineConfig#limits} that this client exceeded a limit. Thread-safe. */
    void exceeded(Limit limit);
}
