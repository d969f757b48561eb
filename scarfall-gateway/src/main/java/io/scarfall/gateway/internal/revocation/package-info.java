/**
 * Ends the sessions of revoked users and tokens on all nodes. Start at {@link
 * io.scarfall.gateway.internal.revocation.Revoker}. The revocations that this node knows are in {@link
 * io.scarfall.gateway.internal.auth.RevocationList}.
 */
@NullMarked
package io.scarfall.gateway.internal.revocation;

import org.jspecify.annotations.NullMarked;
