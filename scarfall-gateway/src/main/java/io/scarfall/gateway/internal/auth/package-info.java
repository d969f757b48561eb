/**
 * Finds out which user a client is. Start at {@link io.scarfall.gateway.TokenVerifier}, which makes an {@link
 * io.scarfall.gateway.Identity} of a token, and {@link io.scarfall.gateway.internal.auth.JwtVerifier}, which does so by keys. {@link
 * io.scarfall.gateway.ServiceKeys} checks services. No type and no exception of this package shows a token or key in its text
 * form.
 */
@NullMarked
package io.scarfall.gateway.internal.auth;

import org.jspecify.annotations.NullMarked;
