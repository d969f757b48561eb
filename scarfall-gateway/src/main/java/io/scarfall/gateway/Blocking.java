package io.scarfall.gateway;

import io.scarfall.gateway.internal.blocking.BlockingCalls;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Adapts code that blocks, such as a look-up in a database, to the interfaces that must not block. The code runs on virtual threads
 * if the JVM has them (Java 21 and newer), otherwise on up to 64 threads; or on the {@link ScarfallBuilder#blockingExecutor}.
 *
 * <pre>{@code
 * Scarfall.builder()
 *         .tokenVerifier(Blocking.verifier(token -> sessions.find(token)))
 *         .roster(Blocking.roster(friendTable))
 *         .authenticatedNamespace("/staff", table -> table
 *                 .guard(Blocking.guard(socket -> shifts.check(Identity.of(socket))))
 *                 .on("report", Query.class, Blocking.handler((socket, query) -> database.run(query))))
 * }</pre>
 *
 * <p>Handlers, guards and checks run in order for each session, and are interrupted after the {@link ScarfallBuilder#blockingTimeout}.
 * Verifiers and rosters run up to 64 calls at once, each; 10,000 more may wait. A call that waits longer than {@link #CALL_TIMEOUT}
 * fails and is not made; one that runs longer fails and is interrupted.
 */
public final class Blocking {

    /** The time limit of a call of a verifier or a roster. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    private Blocking() {}

    /** Verifies tokens. Thread-safe; may block. */
    @FunctionalInterface
    public interface Verifier {

        /**
         * Verifies a token.
         *
         * @param token the token as the client sent it: of any length and content
         * @throws Exception {@link TokenRefusedException} to refuse the client; any other is logged, and refuses it as one that may
         *     try again
         */
        Identity verify(String token) throws Exception;
    }

    /** Decides whether a client may join a namespace. Thread-safe; may block. */
    @FunctionalInterface
    public interface Guard {

        /**
         * Admits a socket by returning. Only thread-safe methods of the socket may be called.
         *
         * @param identity the user of the socket; null for a socket that has not authenticated
         * @throws Exception {@link ConnectRefusedException} to refuse the client; any other is logged, and refuses it in neutral words
         */
        void admit(Socket socket, @Nullable Identity identity) throws Exception;
    }

    /** Decides whether a client may send an event. Thread-safe; may block. */
    @FunctionalInterface
    public interface Check {

        /**
         * Lets an event pass by returning.
         *
         * @param identity the user that sent it; null in a namespace where the socket has not authenticated
         * @throws Exception {@link io.scarfall.socketio.EventRefusedException} to refuse the event; any other fails it, as if its
         *     handler had thrown it
         */
        void check(@Nullable Identity identity, String event, Arguments arguments) throws Exception;
    }

    /** Lists of friends, such as a table of a database. Thread-safe; may block. */
    public interface Friends {

        /** As {@link Roster#friends}. */
        List<Friend> friends(String userId) throws Exception;

        /** As {@link Roster#watchers}: the users whose lists name this user, in pages. */
        Page<String> watchers(String userId, @Nullable String cursor, int limit) throws Exception;
    }

    /** Adapts a verifier of tokens for {@link ScarfallBuilder#tokenVerifier}. */
    public static TokenVerifier verifier(Verifier verifier) {
        return new Tokens(verifier, new BlockingCalls(null, CALL_TIMEOUT));
    }

    /** Adapts lists of friends for {@link ScarfallBuilder#roster}, or for a cluster. */
    public static Roster roster(Friends friends) {
        return new Lists(friends, new BlockingCalls(null, CALL_TIMEOUT));
    }

    /** As {@link #roster(Friends)}, on an executor of the application. */
    public static Roster roster(Friends friends, Executor executor) {
        return new Lists(friends, new BlockingCalls(executor, CALL_TIMEOUT));
    }

    /** Adapts a guard of a namespace of the users' port. */
    public static ConnectGuard guard(Guard guard) {
        return socket -> {
            Identity identity = Identity.of(socket);
            return SessionLimits.of(socket).post(() -> {
                guard.admit(socket, identity);
                return null;
            });
        };
    }

    /**
     * Adapts a check to an interceptor, for the main namespace or others: the event is handled after the check has let it pass.
     * Checked events of a session keep their order. Events without a check do not wait for it.
     */
    public static EventInterceptor check(Check check) {
        return (socket, event, arguments, next) -> {
            Identity identity = Identity.of(socket);
            CompletionStage<?> passed = SessionLimits.of(socket)
                    .post(socket, arguments.json().length(), () -> {
                        check.check(identity, event, arguments);
                        return null;
                    });
            return next.proceedAfter(passed, arguments);
        };
    }

    /**
     * Adapts the handler of an event in a namespace of the users' port; for the main namespace there is {@link
     * ScarfallBuilder#onBlocking}. Only thread-safe methods of the socket may be called.
     */
    public static <T> EventHandler<T> handler(EventHandler<T> handler) {
        return (socket, argument) ->
                SessionLimits.of(socket).post(socket, bytes(argument), () -> handler.handle(socket, argument));
    }

    /** The size of an argument that may be large, as far as it can be known. */
    private static int bytes(Object argument) {
        if (argument instanceof Arguments all) {
            return all.json().length();
        } else if (argument instanceof byte[] data) {
            return data.length;
        }
        return argument instanceof CharSequence text ? text.length() : 0;
    }

    /** The verifier, whose calls run on this executor if it is one of {@link #verifier}. */
    static TokenVerifier on(@Nullable Executor executor, TokenVerifier verifier) {
        return executor != null && verifier instanceof Tokens tokens
                ? new Tokens(tokens.verifier, new BlockingCalls(executor, CALL_TIMEOUT))
                : verifier;
    }

    /** The roster, whose calls run on this executor if it is one of {@link #roster}. */
    static Roster on(@Nullable Executor executor, Roster roster) {
        return executor != null && roster instanceof Lists lists
                ? new Lists(lists.friends, new BlockingCalls(executor, CALL_TIMEOUT))
                : roster;
    }

    private record Tokens(Verifier verifier, BlockingCalls calls) implements TokenVerifier {

        @Override
        public CompletionStage<Identity> verify(String token) {
            return calls.call(() -> verifier.verify(token));
        }
    }

    private record Lists(Friends friends, BlockingCalls calls) implements Roster {

        @Override
        public CompletionStage<List<Friend>> friends(String userId) {
            return calls.call(() -> friends.friends(userId));
        }

        @Override
        public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
            return calls.call(() -> friends.watchers(userId, cursor, limit));
        }
    }
}
