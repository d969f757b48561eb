/**
 * What a node uses of a cluster's state; for the modules of this project only.
 *
 * <p>Start at {@link io.scarfall.presence.internal.NodeAccess}. A node stays alive with {@link
 * io.scarfall.presence.internal.NodeLease}, keeps its sessions in {@link io.scarfall.presence.internal.PresenceStore}, removes
 * what dead nodes left with {@link io.scarfall.presence.internal.NodeReaper}, and sends bytes to other nodes over {@link
 * io.scarfall.presence.internal.NodeBus}.
 */
@NullMarked
package io.scarfall.presence.internal;

import org.jspecify.annotations.NullMarked;
