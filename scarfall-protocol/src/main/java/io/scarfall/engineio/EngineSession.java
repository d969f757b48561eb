package io.scarfall.engineio;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * One client (<a href="https://socket.io/docs/v4/engine-io-protocol/">Engine.IO protocol 4</a>), as an application sees it.
 *
 * <p>A session is confined to its home loop, the event loop that opened it. Methods marked "thread-safe" may be called
 * anywhere and do their work there, in the order of the calls of one thread.
 */
public interface EngineSession {

    /** The id, a secret between the client and this server. Thread-safe. */
    String id();

    /** The request that opened the session. Thread-safe. */
    Handshake handshake();

    /** The name of the transport in use, {@code polling} or {@code websocket}. Thread-safe. */
    String transport();

    /** Whether the session has not ended. Thread-safe. */
    boolean isOpen();

    /** The home loop, to run tasks on; they must not block. Thread-safe. */
    Executor home();

    /** Whether the caller is on the home loop. */
    boolean isHome();

    /** Runs a task on the home loop: at once if the caller is there, else soon and in the order of the calls. */
    void execute(Runnable task);

    /** Runs a task on the home loop after a delay; the returned future cancels it. Thread-safe. */
    Future<?> schedule(Runnable task, Duration delay);

    /**
     * Sends a text message. Thread-safe.
     *
     * @param message well-formed UTF-8, without U+001E if the client may be polling
     * @return on the home loop, whether the transport took it: it does not where too much waits for the peer already, see
     *     {@link EngineConfig#maxUnsentBytes}; elsewhere, whether the session was open
     */
    default boolean send(Bytes message) {
        return send(message, List.of());
    }

    /** Sends a binary message, with the result of {@link #send(Bytes)}. Thread-safe. */
    boolean sendBinary(Bytes message);

    /**
     * Sends a text message and the binary messages that belong to it, all or none and with nothing in between, with the
     * result of {@link #send(Bytes)}. Thread-safe.
     */
    boolean send(Bytes message, List<Bytes> attachments);

    /**
     * Sends what the peer must not miss, as {@link #send(Bytes, List)} does, such as the answer to a request of it. It is
     * taken, or ends the session: for that {@link EngineConfig#maxUnsentBytes} more may wait, which nobody but the peer can
     * fill. Thread-safe.
     */
    boolean sendNeeded(Bytes message, List<Bytes> attachments);

    /** Whether more than 64 KB wait for the peer to read. Belongs on the home loop. */
    boolean isBacklogged();

    /** Whether a message would leave at once, rather than wait for the peer. Belongs on the home loop. */
    boolean isWritable();

    /**
     * Takes no more packets of the peer until {@link #resumeReading}: little is read of what it sends on, and then its
     * network tells it to wait; a POST of it is answered when its packets were taken. Its silence is no fault meanwhile. A
     * second call does nothing. Belongs on the home loop.
     */
    void pauseReading();

    /** Takes packets again; without a pause before it does nothing. Belongs on the home loop. */
    void resumeReading();

    /**
     * Pauses reading as {@link #pauseReading} does, independently of it and of other holds: the session takes packets again
     * when every hold is released and no pause is left. Belongs on the home loop.
     *
     * @return releases the hold; thread-safe, and a second run does nothing
     */
    Runnable holdReading();

    /** Ends the session after what was sent has left. Thread-safe. */
    void close(CloseReason reason);

    /**
     * Lifts {@link EngineConfig#maxUntrustedBytes} for this peer: the application knows who it is. Where memory runs short,
     * peers that are not trusted are closed first. Thread-safe.
     */
    void trust();

    /** Whether the application knows who the peer is; always, where there is no bound for others. Thread-safe. */
    boolean isTrusted();

    /**
     * Tells that the application holds more bytes that this peer sent, such as events that wait. Belongs on the home loop.
     *
     * @param change how many more; negative for those that it holds no longer, also after the session has ended
     */
    void holds(long change);

    /** Whether the application may hold so many bytes of a packet that is not complete; counts it if not. */
    boolean mayHold(int bytes);

    /** Tells {@link EngineConfig#limits} of the server that this client ran into a limit. Thread-safe. */
    void exceeded(Limit limit);
}
