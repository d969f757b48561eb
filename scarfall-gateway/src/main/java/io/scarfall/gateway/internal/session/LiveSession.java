package io.scarfall.gateway.internal.session;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.internal.auth.AuthenticationError;
import io.scarfall.gateway.internal.auth.Expiry;
import io.scarfall.gateway.internal.auth.SocketIdentity;
import io.scarfall.gateway.internal.delivery.SendOrder;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.notice.FriendNotifier;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Transition;
import io.scarfall.socketio.Socket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The session of one authenticated socket: its user, and what was last written to the store about it. Confined to the
 * socket's home loop, except for accessors that say otherwise.
 */
public final class LiveSession {

    private final Socket socket;
    private final Instant connectedAt;
    private final String userId;
    private final Expiry expiry;

    private @Nullable SendOrder sendOrder;
    private volatile Identity identity;
    private long shownMillis;
    private boolean open = true;
    private boolean announced;
    private volatile Transition.@Nullable Kind opened;
    private volatile boolean hasPlace;
    private volatile @Nullable Failure refusal;
    private @Nullable Failure ending;
    private Instant lastActivity;
    private long touchedNanos;

    /** The session as last written to the store; null before the first write. */
    private volatile @Nullable UserSession stored;

    private volatile long storedNanos;
    private volatile boolean answered;
    private final AtomicLong unacknowledgedSince = new AtomicLong(FriendNotifier.ALL_ACKNOWLEDGED);

    LiveSession(Socket socket, Identity identity, long shownMillis, Instant now, long nanoTime, Expiry expiry) {
        this.socket = socket;
        this.identity = identity;
        this.shownMillis = shownMillis;
        userId = identity.userId();
        this.expiry = expiry;
        connectedAt = now;
        lastActivity = now;
        touchedNanos = nanoTime;
        if (SocketIdentity.of(socket) != identity) { // not the one of CONNECT
            SocketIdentity.set(socket, identity);
        }
        expiry.renew(identity.expiresAt());
    }

    /** The socket, whose id is the id of the session. Thread-safe. */
    public Socket socket() {
        return socket;
    }

    /** The session's limits. Thread-safe only as {@link SessionLimits} says. */
    SessionLimits limits() {
        return SessionLimits.of(socket);
    }

    /** The id of the user, which stays the same for later tokens. Thread-safe. */
    public String userId() {
        return userId;
    }

    /** The session's user, by the latest token. Thread-safe. */
    public Identity identity() {
        return identity;
    }

    /** The order of the session's messages; made for the first one. */
    public SendOrder sendOrder() {
        if (sendOrder == null) {
            sendOrder = new SendOrder();
        }
        return sendOrder;
    }

    /** Replaces the token by a later one of the same user. */
    void renew(Identity later, long shownMillis) {
        identity = later;
        SocketIdentity.set(socket, later);
        this.shownMillis = shownMillis;
        expiry.renew(later.expiresAt());
    }

    boolean isOpen() {
        return open;
    }

    /** When the latest token was shown, by the store's clock. */
    long shownMillis() {
        return shownMillis;
    }

    /** Whether the session has ever had a place, if places are bounded. Thread-safe. */
    boolean hasPlace() {
        return hasPlace;
    }

    void placed() {
        hasPlace = true;
    }

    /** What the first write of the session changed; null if that is not known. Thread-safe. */
    Transition.@Nullable Kind opened() {
        return opened;
    }

    void opened(Transition.Kind kind) {
        opened = kind;
    }

    /** Whether {@link UserHooks#connected} was called. */
    boolean isAnnounced() {
        return announced;
    }

    /** Returns false if it was called before. */
    boolean announce() {
        boolean first = !announced;
        announced = true;
        return first;
    }

    /** Why the session got no place, so that the caller must {@link #end} it; null if it got one. Thread-safe. */
    public @Nullable Failure refusal() {
        return refusal;
    }

    void refuse(Failure why) {
        refusal = why;
    }

    /** Why the server ended the session; null if it did not. */
    public @Nullable Failure ending() {
        return ending;
    }

    /** Sends the client the reason and disconnects it; false if the session has ended already. */
    public boolean end(Failure why) {
        if (!open || ending != null) {
            return false;
        }
        ending = why;
        AuthenticationError.tell(socket, why);
        socket.disconnectSession();
        return true;
    }

    void close() {
        open = false;
        expiry.cancel();
    }

    /** When an activity was last written to the store, as {@link System#nanoTime}. */
    long touchedNanos() {
        return touchedNanos;
    }

    void touched(Instant now, long nanoTime) {
        lastActivity = now;
        touchedNanos = nanoTime;
    }

    /** The session as it must be written to the store; it counts as written from now on. */
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

    /** The session as last written to the store; null before the first write. Thread-safe. */
    @Nullable
    UserSession stored() {
        return stored;
    }

    /** When the session was last written to the store, as {@link System#nanoTime}. Thread-safe. */
    long storedNanos() {
        return storedNanos;
    }

    /** The store has answered a write, with success or failure. */
    void answered() {
        answered = true;
    }

    /** A write failed that the store may have applied. It began at this time of the store's clock. Thread-safe. */
    void unacknowledged(long began) {
        unacknowledgedSince.accumulateAndGet(began, Math::min);
    }

    /** The store acknowledged a write. Returns and forgets since when earlier writes were not acknowledged. Thread-safe. */
    long takeUnacknowledgedSince() {
        return unacknowledgedSince.getAndSet(FriendNotifier.ALL_ACKNOWLEDGED);
    }

    /** Whether the store has answered; until then it may not know the session. Thread-safe. */
    public boolean isAnswered() {
        return answered;
    }

    @Override
    public String toString() {
        return "LiveSession[" + socket.id() + "]";
    }
}
