package io.scarfall.testkit;

import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events that a client received and the test has not taken yet, and how the client's connection ended. Thread-safe. */
final class Inbox {

    /** An event as it arrived. */
    private record Event(String name, Arguments arguments) {

        @Override
        public String toString() {
            int attachments = arguments.attachments().size();
            return name + " [" + arguments.json().utf8() + "]"
                    + (attachments == 0 ? "" : " with " + attachments + " attachments");
        }
    }

    private final List<Event> events = new ArrayList<>();
    private @Nullable String end;
    private @Nullable Throwable failure;

    synchronized void add(String name, Arguments arguments) {
        events.add(new Event(name, arguments));
        notifyAll();
    }

    /** The connection has ended; only the first reason counts. */
    synchronized void end(String reason) {
        if (end == null) {
            end = reason;
            notifyAll();
        }
    }

    /** A function of the test has failed on the thread of the client. */
    synchronized void fail(Throwable error) {
        if (failure == null) {
            failure = error;
            notifyAll();
        }
    }

    synchronized boolean isOpen() {
        return end == null;
    }

    /**
     * Takes the first event with this name, and waits until there is one.
     *
     * @throws AssertionError if none comes in time, or none can come any more
     */
    synchronized Arguments take(String name, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            checkFailure();
            for (Iterator<Event> each = events.iterator(); each.hasNext(); ) {
                Event event = each.next();
                if (event.name().equals(name)) {
                    each.remove();
                    return event.arguments();
                }
            }
            if (end != null || !await(deadline)) {
                throw new AssertionError("no event '" + name + "'"
                        + (end == null ? " within " + patience.toMillis() + " ms" : "") + ": " + instead());
            }
        }
    }

    /** Waits for the end of the connection, and returns its reason. */
    synchronized String awaitEnd(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (end == null) {
            checkFailure();
            if (!await(deadline)) {
                throw new AssertionError(
                        "the server did not disconnect the client within " + patience.toMillis() + " ms: " + instead());
            }
        }
        return end;
    }

    /** The texts of all events, which stay here. */
    synchronized List<String> texts() {
        checkFailure();
        return events.stream().map(Event::toString).toList();
    }

    synchronized void clear() {
        events.clear();
    }

    /** What happened instead of what a test waited for. */
    synchronized String instead() {
        return "received " + (events.isEmpty() ? "nothing else" : "instead " + events) + "; "
                + (end == null ? "the client is connected" : "the client was disconnected, reason: " + end);
    }

    private void checkFailure() {
        if (failure != null) {
            throw new AssertionError("a function of the test failed", failure);
        }
    }

    /** Waits until something changes; returns false once the deadline has passed. */
    @SuppressWarnings("WaitNotInLoop") // the callers have the loop
    private boolean await(long deadline) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            return false;
        }
        try {
            wait(left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        }
    }
}
