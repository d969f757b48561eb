/**
 * What every presence must do, as abstract suites over {@link io.scarfall.presence.PresenceFixture}. An implementation
 * proves itself by extending each {@code ...Contract} with its own fixture, unchanged.
 */
@NullMarked
package io.scarfall.presence;

import org.jspecify.annotations.NullMarked;
