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
 * This node's copy of what has been revoked. Each authentication asks it, without a wait for the store; so what is known is
 * refused also while the store is away. Thread-safe.
 *
 * <p>A thread that registers a socket first puts it where revocations look for sockets, and then asks here. A thread that learns
 * of a revocation first puts it here, and then looks for sockets. So no socket slips through between the two.
 */
public final class RevocationList {

    private final ConcurrentMap<String, Long> users = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Long> tokens = new ConcurrentHashMap<>();

    /** Adds what was revoked: a user or a token. */
    public void learn(Revocation revocation) {
        Target target = revocation.target();
        if (target.kind() != Revocation.Kind.SESSION) {
            of(target).merge(target.id(), revocation.version(), Math::max);
        }
    }

    private ConcurrentMap<String, Long> of(Target target) {
        return target.kind() == Revocation.Kind.USER ? users : tokens;
    }

    /** Whether a revocation, or a later one of the same, is here. */
    public boolean knows(Revocation revocation) {
        Target target = revocation.target();
        Long known =
                target.kind() == Revocation.Kind.SESSION ? null : of(target).get(target.id());
        return known != null && known >= revocation.version();
    }

    /** Whether a proof has been revoked. */
    public boolean refuses(Identity identity) {
        Long user = users.get(identity.userId());
        String tokenId = identity.tokenId();
        return (user != null && isOlder(identity.issuedAt(), user)) || (tokenId != null && tokens.containsKey(tokenId));
    }

    /**
     * Whether a proof has been revoked that was shown at a time: a revocation of its user since then counts, whatever the
     * clock of its issuer said.
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
     * Whether a proof was issued before its user was revoked. A token names only the second of its issue. In the
     * second of the revocation it cannot be known which came first, so the proof counts as older.
     *
     * @param issuedAt null if it is not known: then the proof counts as older
     */
    private static boolean isOlder(@Nullable Instant issuedAt, long version) {
        return issuedAt == null || issuedAt.getEpochSecond() <= Math.floorDiv(version, 1_000_000L);
    }

    /**
     * Whether a revocation of a user or token ends what stands on a proof.
     *
     * @param shownMillis when the proof was shown, by the store's clock: it was issued before that, whatever the clock of its
     *     issuer said
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

    /** Forgets what is older than a version. */
    public void forget(long version) {
        users.values().removeIf(known -> known < version);
        tokens.values().removeIf(known -> known < version);
    }

    /** How many are here. */
    public int size() {
        return users.size() + tokens.size();
    }

    /** All that are here. */
    public List<Revocation> all() {
        List<Revocation> all = new ArrayList<>(size());
        users.forEach((id, version) -> all.add(new Revocation(Target.user(id), version)));
        tokens.forEach((id, version) -> all.add(new Revocation(Target.token(id), version)));
        return all;
    }
}
