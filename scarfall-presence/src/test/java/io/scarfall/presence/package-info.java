/**
 * The contracts of presence, as abstract suites over {@link io.scarfall.presence.PresenceFixture}. An implementation
 * extends each {@code ...Contract} with its own fixture, unchanged.
 */
@NullMarked
package io.scarfall.presence;

import org.jspecify.annotations.NullMarked;
