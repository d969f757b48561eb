/**
 * What a gateway adds to HTTP: headers that harden browsers ({@link io.scarfall.gateway.internal.http.SecurityHeaders}), a look at where
 * a request comes from ({@link io.scarfall.gateway.internal.http.OriginGuard}), and word of how the node is ({@link
 * io.scarfall.gateway.internal.http.HealthRoutes}).
 */
@NullMarked
package io.scarfall.gateway.internal.http;

import org.jspecify.annotations.NullMarked;
