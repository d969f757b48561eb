/**
 * What a gateway adds to HTTP: headers that harden browsers ({@link io.scarfall.gateway.http.SecurityHeaders}), a look at where
 * a request comes from ({@link io.scarfall.gateway.http.OriginGuard}), and word of how the node is ({@link
 * io.scarfall.gateway.http.HealthRoutes}).
 */
@NullMarked
package io.scarfall.gateway.http;

import org.jspecify.annotations.NullMarked;
