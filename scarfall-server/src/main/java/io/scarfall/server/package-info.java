/**
 * The standalone server: reads its configuration from the environment, starts a {@link io.scarfall.gateway.Scarfall}, and
 * stops it. Start at {@code Main}.
 */
@NullMarked
package io.scarfall.server;

import org.jspecify.annotations.NullMarked;
