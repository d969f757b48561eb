package io.scarfall.gateway.internal.limit;

import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.GatewayLimit;
import io.scarfall.gateway.Rate;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.internal.blocking.Mailbox;
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
 * Applies the limits of a port to one session, over all its namespaces: the cost of its packets, the number of refusals, and
 * the failed authentications in a row. Also orders the session's blocking work. Confined to the session's home loop.
 */
public final class SessionLimits implements SessionGuard {

    private static final Logger log = LoggerFactory.getLogger(SessionLimits.class);

    private static final Attribute<Budget> BUDGET = Attribute.named("budget");

    /** Waiting events smaller than this are not counted as held memory. */
    private static final int LARGE_BYTES = 1024;

    /** The wait after which a refused query is likely to find a free turn. */
    private static final long RETRY_MILLIS = 1_000;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final PortLimits port;
    private final EngineSession session;

    /**
     * The state of the session's {@link Rate}. The next field is the state of a second allowance, from which each refusal
     * takes one unit.
     */
    private long fullAtNanos;

    private long refusalsFullAtNanos;
    private int failedAuthentications;

    /** The session's blocking work; made for the first. */
    private @Nullable Mailbox mailbox;

    /** The turns of a session without a user; made at the first request. */
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

    /** A factory of the limits of each session of a port. */
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
        throw new IllegalStateException("the server of this socket is not a gateway");
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
     * Spends the cost of a message's recipients. That cost is known only after the message was read.
     *
     * @return 0 if the cost was spent; otherwise the milliseconds to wait, and the caller must refuse the message
     */
    public long spendOnRecipients(Socket socket, int recipients) {
        return spend(port.rates().recipientsCost(recipients), socket);
    }

    /**
     * Spends the cost of the users that a query may list. Call {@link #settle} when their number is known.
     *
     * @param most the most users that the query may list; 0 if that is not known
     * @return 0 if the cost was spent; otherwise the milliseconds to wait, and the caller must refuse the query
     */
    public long spendOnListed(Socket socket, int most) {
        int cost = port.rates().listedCost(most);
        return cost == 0 ? 0 : spend(cost, socket);
    }

    /**
     * Charges the difference between the users that a query listed and those paid for before, or gives it back. A charge may
     * put the session and the user into debt; then later events are refused until the debt is paid.
     *
     * @param most as for {@link #spendOnListed}
     * @param listed how many users the query listed or examined
     */
    public void settle(Socket socket, int most, int listed) {
        charge(socket, port.rates().listedCost(listed) - port.rates().listedCost(most));
    }

    /** Charges a cost that is known only after the work, even if the budget is empty. A negative cost is given back. */
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
     * Does some work in turn. The work in progress is bounded for each user of this node, or for each connection of a
     * service. Waiting work starts on the socket's home loop, unless the client has left.
     *
     * @param work returns the answer, or a stage of it
     * @return the answer or a stage of it; a refusal if too much work waits already
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

    /**
     * Does blocking work after all work that was posted for the session before, in any of its namespaces.
     *
     * @return as of {@link Mailbox#post}
     */
    public CompletionStage<@Nullable Object> post(Callable<?> work) {
        Mailbox own = mailbox;
        if (own == null) {
            own = new Mailbox(port.blocking(), session::pauseReading, () -> session.execute(session::resumeReading));
            mailbox = own;
        }
        return own.post(work);
    }

    /**
     * As {@link #post(Callable)}, for an event. A large one counts as memory held for the client until it is answered.
     *
     * @param bytes the size of its arguments
     */
    public CompletionStage<@Nullable Object> post(Socket socket, int bytes, Callable<?> work) {
        CompletionStage<@Nullable Object> answer = post(work);
        if (bytes < LARGE_BYTES) {
            return answer;
        }
        socket.holds(bytes);
        return answer.whenComplete((value, error) -> socket.execute(() -> socket.holds(-bytes)));
    }

    /** Completes when the blocking work that was posted for the session until now has ended. Never fails. */
    public CompletionStage<?> posted() {
        Mailbox own = mailbox;
        return own == null
                ? CompletableFuture.completedStage(null)
                : own.post(() -> null).exceptionally(refused -> null);
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

    /** Counts a refusal. Returns the milliseconds to wait, or 0 if limits are only counted. */
    private long refused(long wait, long now) {
        port.crossed(GatewayLimit.RATES);
        if (port.rates().mode() == RateLimits.Mode.COUNT) {
            return 0;
        }
        noteRefusal(now);
        return (wait + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    /** Closes a session that keeps sending while it is refused. */
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
     * Spends the cost of joining from the user's budget, for all sockets on this node. Call it before the store is asked.
     *
     * @return 0 if the cost was spent; otherwise the milliseconds to wait, and the caller must refuse the socket
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
     * Charges a user for a change of status, by the number of watchers. The user's next events, on any socket of this node,
     * wait until the budget has recovered. Thread-safe.
     */
    public void chargeChange(String userId, long watchers) {
        RateLimits rates = port.rates();
        if (rates.mode() != RateLimits.Mode.OFF) {
            port.users().charge(userId, rates.changeCost(watchers), port.nanoTime());
        }
    }

    /**
     * Counts a socket of an authenticated user. From now on the socket also spends from the user's budget. Call it before
     * the client gets {@code connected}, and {@link #release} when the socket leaves.
     *
     * @return false if the user has reached the limit of sockets: the caller must refuse the socket, and count the refusal
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

    /** The client has authenticated. */
    public void authenticated() {
        failedAuthentications = 0;
        session.trust();
        port.authentication("accepted");
    }

    /**
     * An authentication was refused. After too many in a row the client gets the reason and is disconnected.
     *
     * @param code as the client reads it
     * @param bad whether the token or key was invalid, so that a retry with it cannot succeed
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
