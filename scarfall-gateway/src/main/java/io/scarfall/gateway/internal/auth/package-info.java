/**
 * Identifies the user of a client. Start at {@link io.scarfall.gateway.TokenVerifier}, which translates a token to an {@link
 * io.scarfall.gateway.Identity}, and {@link io.scarfall.gateway.internal.auth.JwtVerifier}, which does so with keys. {@link
 * io.scarfall.gateway.ServiceKeys} checks services. No type and no exception of this package contains a token or key in its
 * text form.
 */
@NullMarked
package io.scarfall.gateway.internal.auth;

import org.jspecify.annotations.NullMarked;
