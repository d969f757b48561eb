package io.scarfall.socketio;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.scarfall.socketio.packet.Arguments;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The acks that a socket awaits of its client. Confined to the home loop of the socket. */
final class PendingAcks {

    private final LongObjectMap<Pending> byId = new LongObjectHashMap<>(4);

    private record Pending(CompletableFuture<Arguments> answer, Future<?> timeout) {}

    void add(long id, CompletableFuture<Arguments> answer, Future<?> timeout) {
        byId.put(id, new Pending(answer, timeout));
    }

    /** Completes an ack with what the client sent; returns whether it was awaited. */
    boolean complete(long id, Arguments arguments) {
        CompletableFuture<Arguments> answer = take(id);
        if (answer != null) {
            answer.complete(arguments); // in vain if the application has given up: the ack was expected all the same
        }
        return answer != null;
    }

    void timedOut(long id) {
        fail(id, new TimeoutException("operation has timed out"));
    }

    void fail(long id, Exception error) {
        CompletableFuture<Arguments> answer = take(id);
        if (answer != null) {
            answer.completeExceptionally(error);
        }
    }

    private @Nullable CompletableFuture<Arguments> take(long id) {
        Pending pending = byId.remove(id);
        if (pending == null) {
            return null;
        }
        pending.timeout().cancel(false);
        return pending.answer();
    }

    /** Fails all acks: none of them will come. The caller drops this object first, because stages may ask again. */
    void disconnected() {
        for (Pending pending : byId.values()) {
            pending.timeout().cancel(false);
            pending.answer().completeExceptionally(new DisconnectedException());
        }
    }
}
