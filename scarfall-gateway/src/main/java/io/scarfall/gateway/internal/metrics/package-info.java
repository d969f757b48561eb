/**
 * Measurements of a gateway. Start at {@link io.scarfall.gateway.Metrics}, which an application implements; nothing here knows
 * where the numbers go.
 */
@NullMarked
package io.scarfall.gateway.internal.metrics;

import org.jspecify.annotations.NullMarked;
