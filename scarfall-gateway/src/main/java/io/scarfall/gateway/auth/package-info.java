/**
 * Who a client is. Start at {@link io.scarfall.gateway.auth.TokenVerifier}, which makes an {@link
 * io.scarfall.gateway.auth.Identity} of a token, and {@link io.scarfall.gateway.auth.JwtVerifier}, which does it by keys; {@link io.scarfall.gateway.auth.ServiceKeys} does it for services. No
 * type of this package shows a token or key in its text form, and none of its exceptions does.
 */
@NullMarked
package io.scarfall.gateway.auth;

import org.jspecify.annotations.NullMarked;
