/**
 * What a gateway tells of itself in numbers. Start at {@link io.scarfall.gateway.Metrics}, which an embedder
 * implements; nothing here knows where the numbers go.
 */
@NullMarked
package io.scarfall.gateway.internal.metrics;

import org.jspecify.annotations.NullMarked;
