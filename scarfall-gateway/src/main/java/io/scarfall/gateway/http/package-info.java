/**
 * What a gateway adds to HTTP: headers that harden browsers ({@link io.scarfall.gateway.http.SecurityHeaders}), and a look
 * at where a request comes from ({@link io.scarfall.gateway.http.OriginGuard}).
 */
@NullMarked
package io.scarfall.gateway.http;

import org.jspecify.annotations.NullMarked;
