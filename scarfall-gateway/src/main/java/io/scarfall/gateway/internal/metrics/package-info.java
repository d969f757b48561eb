/**
 * Measurements of a gateway. Start at {@link io.scarfall.gateway.Metrics}, which an application implements; this package
 * does not know where the numbers go.
 */
@NullMarked
package io.scarfall.gateway.internal.metrics;

import org.jspecify.annotations.NullMarked;
