/**
 * The limits of what clients may do. Start at {@link io.scarfall.gateway.RateLimits}, the numbers. {@link
 * io.scarfall.gateway.internal.limit.SessionLimits} applies them to one connection, before its packets have any effect.
 */
@NullMarked
package io.scarfall.gateway.internal.limit;

import org.jspecify.annotations.NullMarked;
