/**
 * Sessions under control, on all nodes together. Start at {@link io.scarfall.gateway.control.Revoker}, which ends what was
 * revoked; {@link io.scarfall.gateway.control.SessionPlaces} bounds how many sessions a user may have.
 */
@NullMarked
package io.scarfall.gateway.control;

import org.jspecify.annotations.NullMarked;
