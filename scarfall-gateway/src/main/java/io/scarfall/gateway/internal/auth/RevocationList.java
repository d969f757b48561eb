package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.Identity;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * This node's copy of the revocations. Each authentication checks it without waiting for the store. So known revocations
 * hold while the store is unreachable. Thread-safe.
 *
 * <p>The order of steps makes sure that no socket is missed. A thread that registers a socket first adds it to the sockets that
 * revocations search, and then checks this list. A thread that learns of a revocation first adds it to this list, and then
 * searches the sockets.
 */
public final class RevocationList {

    private final ConcurrentMap<String, Long> users = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Long> tokens = new ConcurrentHashMap<>();

    /** Adds a revocation of a user or a token. */
    public void learn(Revocation revocation) {
        Target target = revocation.target();
        if (target.kind() != Revocation.Kind.SESSION) {
            of(target).merge(target.id(), revocation.version(), Math::max);
        }
    }

    private ConcurrentMap<String, Long> of(Target target) {
        return target.kind() == Revocation.Kind.USER ? users : tokens;
    }

    /** Whether this list contains a revocation, or a later one of the same target. */
    public boolean knows(Revocation revocation) {
        Target target = revocation.target();
        Long known =
                target.kind() == Revocation.Kind.SESSION ? null : of(target).get(target.id());
        return known != null && known >= revocation.version();
    }

    /** Whether a token has been revoked. */
    public boolean refuses(Identity identity) {
        Long user = users.get(identity.userId());
        String tokenId = identity.tokenId();
        return (user != null && isOlder(identity.issuedAt(), user)) || (tokenId != null && tokens.containsKey(tokenId));
    }

    /**
     * Whether a token has been revoked that was shown at a given time. A revocation of its user since then counts, whatever
     * the clock of the issuer said.
     *
     * @param shownMillis by the store's clock
     */
    public boolean refuses(Identity identity, long shownMillis) {
        Long user = users.get(identity.userId());
        return refuses(identity) || (user != null && isShownBefore(shownMillis, user));
    }

    private static boolean isShownBefore(long shownMillis, long version) {
        return shownMillis <= Math.floorDiv(version, 1_000L);
    }

    /**
     * Whether a token was issued before its user was revoked. A token has only the second of its issue. If that is the
     * second of the revocation, the order is unknown, and the token counts as older.
     *
     * @param issuedAt null if the time is not known: then the token counts as older
     */
    private static boolean isOlder(@Nullable Instant issuedAt, long version) {
        return issuedAt == null || issuedAt.getEpochSecond() <= Math.floorDiv(version, 1_000_000L);
    }

    /**
     * Whether a revocation of a user or token ends the sessions that use a token.
     *
     * @param shownMillis when the client showed the token, by the store's clock. The token was issued before that, whatever
     *     the clock of its issuer said
     */
    public static boolean ends(Revocation revocation, Identity identity, long shownMillis) {
        Target target = revocation.target();
        return switch (target.kind()) {
            case USER ->
                target.id().equals(identity.userId())
                        && (isOlder(identity.issuedAt(), revocation.version())
                                || isShownBefore(shownMillis, revocation.version()));
            case TOKEN -> target.id().equals(identity.tokenId());
            case SESSION -> false;
        };
    }

    /** Forgets revocations older than a version. */
    public void forget(long version) {
        users.values().removeIf(known -> known < version);
        tokens.values().removeIf(known -> known < version);
    }

    /** The number of revocations. */
    public int size() {
        return users.size() + tokens.size();
    }

    /** All revocations. */
    public List<Revocation> all() {
        List<Revocation> all = new ArrayList<>(size());
        users.forEach((id, version) -> all.add(new Revocation(Target.user(id), version)));
        tokens.forEach((id, version) -> all.add(new Revocation(Target.token(id), version)));
        return all;
    }
}
