/**
 * Finds out which user a client is. Start at {@link io.scarfall.gateway.TokenVerifier}, which makes an {@link
 * io.scarfall.gateway.Identity} of a token, and {@link io.scarfall.gateway.internal.auth.JwtVerifier}, which does it by keys; {@link io.scarfall.gateway.ServiceKeys} does it for services. No
 * type of this package shows a token or key in its text form, and none of its exceptions does.
 */
@NullMarked
package io.scarfall.gateway.internal.auth;

import org.jspecify.annotations.NullMarked;
