package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.AuthenticationError;
import io.scarfall.gateway.internal.auth.Expiry;
import io.scarfall.gateway.internal.auth.Refused;
import io.scarfall.gateway.internal.delivery.SendOrder;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.socketio.Socket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated socket: who it is, and what the store was told of it. Confined to the socket's home loop, but for the
 * accessors that say otherwise.
 */
public final class LiveSession {

    private final Socket socket;
    private final Instant connectedAt;
    private final String userId;
    private final Expiry expiry;
    private final SessionLimits limits;

    private @Nullable SendOrder sendOrder;
    private @Nullable Mailbox mailbox;
    private volatile Identity identity;
    private long shownMillis;
    private boolean open = true;
    private volatile boolean hasPlace;
    private volatile @Nullable TokenRefusedException refusal;
    private @Nullable TokenRefusedException ending;
    private Instant lastActivity;
    private long touchedNanos;

    /** What the store was told last; null before it was told anything. */
    private volatile @Nullable UserSession stored;

    private volatile long storedNanos;
    private volatile boolean answered;
    private final AtomicLong unheardSince = new AtomicLong(LiveSessions.HEARD);

    LiveSession(Socket socket, Identity identity, long shownMillis, Instant now, long nanoTime, Expiry expiry) {
        this.socket = socket;
        this.identity = identity;
        this.shownMillis = shownMillis;
        userId = identity.userId();
        this.expiry = expiry;
        limits = SessionLimits.of(socket);
        connectedAt = now;
        lastActivity = now;
        touchedNanos = nanoTime;
        expiry.renew(identity.expiresAt());
    }

    /** The socket, whose id is the id of the session. Thread-safe. */
    public Socket socket() {
        return socket;
    }

    /** What bounds it. Thread-safe for what says so there. */
    SessionLimits limits() {
        return limits;
    }

    /** The id of the user, the same for all proofs. Thread-safe. */
    public String userId() {
        return userId;
    }

    /** Whose session it is, by the latest proof. Thread-safe. */
    public Identity identity() {
        return identity;
    }

    /** The order of the messages that it sends, made when the first one is. */
    SendOrder sendOrder() {
        if (sendOrder == null) {
            sendOrder = new SendOrder();
        }
        return sendOrder;
    }

    /** Where its blocking handlers run, made when the first one does. */
    Mailbox mailbox(BlockingHandlers handlers) {
        if (mailbox == null) {
            mailbox = handlers.mailbox(socket);
        }
        return mailbox;
    }

    /** Goes on with a later proof of the same identity. */
    void renew(Identity later, long shownMillis) {
        identity = later;
        this.shownMillis = shownMillis;
        expiry.renew(later.expiresAt());
    }

    boolean isOpen() {
        return open;
    }

    /** When the latest proof was shown, by the store's clock. */
    long shownMillis() {
        return shownMillis;
    }

    /** Whether it had a place once, where places are bounded. Thread-safe. */
    boolean hasPlace() {
        return hasPlace;
    }

    void placed() {
        hasPlace = true;
    }

    /** Why it got no place, so that it has to {@link #end}; null if it got one. Thread-safe. */
    @Nullable
    TokenRefusedException refusal() {
        return refusal;
    }

    void refuse(TokenRefusedException why) {
        refusal = why;
    }

    /** Why the server has ended it; null if it has not. */
    @Nullable
    TokenRefusedException ending() {
        return ending;
    }

    /** Tells the client why, and disconnects it; false if it is ended already. */
    boolean end(TokenRefusedException why) {
        if (!open || ending != null) {
            return false;
        }
        ending = why;
        socket.emitNeeded(AuthenticationError.EVENT, Refused.of(why));
        socket.disconnectSession();
        return true;
    }

    void close() {
        open = false;
        expiry.cancel();
    }

    /** When the store was last told of an activity, as {@link System#nanoTime}. */
    long touchedNanos() {
        return touchedNanos;
    }

    void touched(Instant now, long nanoTime) {
        lastActivity = now;
        touchedNanos = nanoTime;
    }

    /** What the store is to be told, and from now on was. */
    UserSession store(NodeId node, long nanoTime) {
        UserSession record = record(node);
        stored = record;
        storedNanos = nanoTime;
        return record;
    }

    /** The session as the store keeps it. */
    UserSession record(NodeId node) {
        return new UserSession(
                identity.userId(),
                socket.id(),
                node,
                connectedAt,
                lastActivity,
                identity.email(),
                identity.deviceInfo(),
                address());
    }

    private @Nullable String address() {
        InetSocketAddress peer = socket.handshake().address();
        InetAddress address = peer.getAddress();
        return address == null ? null : address.getHostAddress();
    }

    /** What the store was told last; null before it was told anything. Thread-safe. */
    @Nullable
    UserSession stored() {
        return stored;
    }

    /** When the store was told last, as {@link System#nanoTime}. Thread-safe. */
    long storedNanos() {
        return storedNanos;
    }

    /** The store has answered to what it was told, be it by a failure. */
    void answered() {
        answered = true;
    }

    /** A write failed that the store may have taken: it began at this time of its clock. Thread-safe. */
    void unheard(long began) {
        unheardSince.accumulateAndGet(began, Math::min);
    }

    /** A write was heard of: gives since when there were others that were not, and forgets it. Thread-safe. */
    long heard() {
        return unheardSince.getAndSet(LiveSessions.HEARD);
    }

    /** Whether the store has answered; until then it may not know the session. Thread-safe. */
    boolean isAnswered() {
        return answered;
    }

    @Override
    public String toString() {
        return "LiveSession[" + socket.id() + "]";
    }
}
