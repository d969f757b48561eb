/**
 * What a gateway adds to HTTP: response headers that harden browsers ({@link
 * io.scarfall.gateway.internal.http.SecurityHeaders}), a check of the pages that send requests ({@link
 * io.scarfall.gateway.internal.http.OriginGuard}), and the health of the node ({@link
 * io.scarfall.gateway.internal.http.HealthRoutes}).
 */
@NullMarked
package io.scarfall.gateway.internal.http;

import org.jspecify.annotations.NullMarked;
