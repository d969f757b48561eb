/**
 * Ends what stands on a revoked proof, on all nodes. Start at {@link io.scarfall.gateway.internal.revocation.Revoker}; what this node
 * knows of revocations is in {@link io.scarfall.gateway.internal.auth.RevocationList}.
 */
@NullMarked
package io.scarfall.gateway.internal.revocation;

import org.jspecify.annotations.NullMarked;
