package io.scarfall.gateway.internal.limit;

import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Rate;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.internal.limit.UserBudgets.Budget;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.SessionGuard;
import io.scarfall.socketio.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one session to the limits of its port, whatever namespaces it joins: what its packets cost, how often they were
 * refused, and how many bad proofs came in a row. Confined to the session's home loop.
 */
public final class SessionLimits implements SessionGuard {

    private static final Logger log = LoggerFactory.getLogger(SessionLimits.class);

    private static final Attribute<Budget> BUDGET = Attribute.named("budget");
    /** About when queries that wait now are answered. */
    private static final long RETRY_MILLIS = 1_000;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final PortLimits port;
    private final EngineSession session;

    /** The state of the session's {@link Rate}, and of its second allowance, which refusals draw on. */
    private long fullAtNanos;

    private long refusalsFullAtNanos;
    private int failedAuthentications;

    /** Of a session without a user; made at the first request. */
    private @Nullable Turns turns;

    private boolean closing;

    private SessionLimits(PortLimits port, EngineSession session) {
        this.port = port;
        this.session = session;
        if (port.rates().mode() != RateLimits.Mode.OFF) {
            fullAtNanos = Bucket.full(port.nanoTime());
            refusalsFullAtNanos = fullAtNanos;
        }
    }

    /** Makes the limits of each session of a port. */
    public static Function<EngineSession, SessionGuard> each(PortLimits port) {
        return session -> new SessionLimits(port, session);
    }

    /**
     * The limits of a socket's session.
     *
     * @throws IllegalStateException if the server of the socket has none
     */
    public static SessionLimits of(Socket socket) {
        if (socket.guard() instanceof SessionLimits limits) {
            return limits;
        }
        throw new IllegalStateException("the socket is on a server without limits");
    }

    @Override
    public @Nullable Refusal connect(String namespace) {
        return check(port.connects(), null);
    }

    @Override
    public @Nullable Refusal event(Socket socket, String event) {
        return check(port.events(event), socket);
    }

    @Override
    public void unexpectedAck(Socket socket) {
        var unused = check(port.acks(), socket);
    }

    private @Nullable Refusal check(PortLimits.Kind kind, @Nullable Socket socket) {
        if (closing) {
            return Refusal.SILENT;
        }
        kind.counter().increment();
        long wait = spend(kind.cost(), socket);
        return wait == 0
                ? null
                : new Refusal(Failure.TOO_MANY_EVENTS, kind.answer().apply(wait));
    }

    /**
     * Spends what the recipients of a message cost, which is known only when the message was read.
     *
     * @return 0 if that was spent; else how many milliseconds to wait, and the message is refused
     */
    public long spendOnRecipients(Socket socket, int recipients) {
        return spend(port.rates().recipientsCost(recipients), socket);
    }

    /**
     * Spends what the users cost that a query may list; {@link #settle} when it is known how many it did.
     *
     * @param most how many it lists at most; 0 if that is not known
     * @return 0 if that was spent; else how many milliseconds to wait, and the query is refused
     */
    public long spendOnListed(Socket socket, int most) {
        int cost = port.rates().listedCost(most);
        return cost == 0 ? 0 : spend(cost, socket);
    }

    /**
     * Gives back, or takes, the difference to what a query really listed. What is taken may put the session and the user into
     * debt, so that later events are refused until it is paid.
     *
     * @param most as for {@link #spendOnListed}
     * @param listed how many users were listed, or looked at
     */
    public void settle(Socket socket, int most, int listed) {
        charge(socket, port.rates().listedCost(listed) - port.rates().listedCost(most));
    }

    /** Takes a cost that is known only after the work, even where nothing is left; gives it back where it is negative. */
    public void charge(Socket socket, int cost) {
        if (cost == 0 || port.rates().mode() == RateLimits.Mode.OFF) {
            return;
        }
        long now = port.nanoTime();
        fullAtNanos = Bucket.settled(port.rates().session(), fullAtNanos, now, cost);
        Budget budget = socket.get(BUDGET);
        if (budget != null) {
            port.users().settle(budget, cost, now);
        }
    }

    /**
     * Does some work in turn: of a user only so much is under way on this node, of a service on each connection. What waits
     * is begun on the socket's home loop, unless the client has left.
     *
     * @param work answers, or gives a stage that does
     * @return the answer or a stage of it; if too much waits already, a refusal
     */
    public @Nullable Object inTurn(Socket socket, Callable<?> work) throws Exception {
        RateLimits rates = port.rates();
        if (rates.mode() == RateLimits.Mode.OFF) {
            return work.call();
        }
        Turns of = turns(socket);
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        if (of.begin(() -> socket.execute(() -> begin(of, socket, work, answer)))) {
            return answer;
        }
        port.crossed(GatewayLimit.QUERIES);
        if (rates.mode() == RateLimits.Mode.COUNT) {
            return work.call();
        }
        noteRefusal(port.nanoTime());
        return Failure.rateLimited(RETRY_MILLIS);
    }

    private Turns turns(Socket socket) {
        Budget budget = socket.get(BUDGET);
        if (budget != null) {
            return port.users().turns(budget);
        }
        Turns own = turns;
        if (own == null) {
            own = new Turns(port.rates().queries());
            turns = own;
        }
        return own;
    }

    private static void begin(Turns of, Socket socket, Callable<?> work, CompletableFuture<@Nullable Object> answer) {
        Object found = null;
        try {
            found = socket.isConnected() ? work.call() : null;
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
        if (found instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> {
                of.end();
                if (failure == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        } else {
            of.end();
            answer.complete(found);
        }
    }

    private long spend(int cost, @Nullable Socket socket) {
        RateLimits rates = port.rates();
        if (rates.mode() == RateLimits.Mode.OFF) {
            return 0;
        }
        long now = port.nanoTime();
        long after = Bucket.after(rates.session(), fullAtNanos, now, cost);
        long wait = Bucket.waitNanos(rates.session(), after, now);
        if (wait <= 0) {
            Budget budget = socket == null ? null : socket.get(BUDGET);
            wait = budget == null ? 0 : port.users().spend(budget, cost, now);
        }
        if (wait <= 0) {
            fullAtNanos = after;
            return 0;
        }
        return refused(wait, now);
    }

    /** Counts a refusal; answers the milliseconds to wait, or 0 where limits are counted only. */
    private long refused(long wait, long now) {
        port.crossed(GatewayLimit.RATES);
        if (port.rates().mode() == RateLimits.Mode.COUNT) {
            return 0;
        }
        noteRefusal(now);
        return (wait + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    /** A session that goes on and on while it is refused is closed. */
    private void noteRefusal(long now) {
        Rate allowance = port.rates().session();
        long after = Bucket.after(allowance, refusalsFullAtNanos, now, 1);
        if (Bucket.waitNanos(allowance, after, now) <= 0) {
            refusalsFullAtNanos = after;
        } else {
            closing(GatewayLimit.REFUSALS);
            session.close(CloseReason.FORCED_CLOSE);
        }
    }

    /**
     * Spends what joining costs a user, over all sockets on this node. Belongs before the store is asked.
     *
     * @return 0 if that was spent; else how many milliseconds to wait, and the socket is refused
     */
    public long spendOnJoining(String userId) {
        RateLimits rates = port.rates();
        if (rates.mode() == RateLimits.Mode.OFF) {
            return 0;
        }
        long now = port.nanoTime();
        long wait = port.users().spend(userId, rates.cost(RateLimits.CONNECT), now);
        return wait <= 0 ? 0 : refused(wait, now);
    }

    /**
     * Takes from a user the cost of a change of status, by the number of watchers. What the user does next, on any socket of
     * this node, waits for that. Thread-safe.
     */
    public void chargeChange(String userId, long watchers) {
        RateLimits rates = port.rates();
        if (rates.mode() != RateLimits.Mode.OFF) {
            port.users().charge(userId, rates.changeCost(watchers), port.nanoTime());
        }
    }

    /**
     * Counts a socket that a user has proved to be, which from now on spends of the user's budget too. Belongs before the
     * user learns of it; {@link #release} when the socket leaves.
     *
     * @return false if the user has as many sockets as a user may have: the socket must be refused, which the caller counts
     */
    public boolean admit(Socket socket, String userId) {
        Budget budget = port.users().join(userId);
        if (budget == null) {
            port.crossed(GatewayLimit.SESSIONS_PER_USER);
            return false;
        }
        socket.set(BUDGET, budget);
        authenticated();
        return true;
    }

    /** A socket has left, whether it was {@link #admit}ted or not. */
    public static void release(Socket socket) {
        Budget budget = socket.get(BUDGET);
        if (budget != null) {
            of(socket).port.users().leave(budget);
        }
    }

    /** A proof was good. */
    public void authenticated() {
        failedAuthentications = 0;
        session.trust();
        port.authentication("accepted");
    }

    /**
     * A proof was refused. After too many in a row the client is disconnected, after it has got the reason.
     *
     * @param code as the client reads it
     * @param bad whether the proof was bad, so that trying again with it cannot help
     */
    public void authenticationRefused(Socket socket, String code, boolean bad) {
        port.authentication(code);
        if (bad && ++failedAuthentications >= port.config().maxFailedAuthentications() && !closing) {
            closing(GatewayLimit.FAILED_AUTHENTICATIONS);
            var unused = socket.schedule(socket::disconnectSession, Duration.ZERO);
        }
    }

    private void closing(GatewayLimit limit) {
        closing = true;
        log.debug("session closed by a limit sid={} limit={}", LogText.sid(session.id()), limit.word());
        port.crossed(limit);
    }

    @Override
    public void closed(CloseReason reason) {
        port.closed(reason);
    }
}
