package io.scarfall.gateway.internal.control;

import io.scarfall.gateway.Identity;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The sessions of this node, as far as they are ended from afar. Thread-safe; nothing blocks. */
public interface LocalSessions {

    /** The latest proof of a session; null if this node has no such session of that user. */
    @Nullable
    Identity identity(Target session);

    /** Ends what stands on a revoked proof; answers how many sessions that were. */
    CompletionStage<Integer> end(Collection<Revocation> revoked);

    /** Ends a session that was revoked; answers whether it was open. */
    CompletionStage<Boolean> end(Target session);

    /** Ends a session that has lost its place; answers whether it was open. */
    CompletionStage<Boolean> displace(Target session);
}
