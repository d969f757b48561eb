/**
 * Sessions under control, on all nodes together. Start at {@link io.scarfall.gateway.internal.control.Revoker}, which ends what was
 * revoked; {@link io.scarfall.gateway.internal.control.SessionPlaces} bounds how many sessions a user may have.
 */
@NullMarked
package io.scarfall.gateway.internal.control;

import org.jspecify.annotations.NullMarked;
