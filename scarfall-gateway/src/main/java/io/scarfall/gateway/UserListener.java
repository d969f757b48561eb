package io.scarfall.gateway;

import io.scarfall.presence.TransitionFeed;
import io.scarfall.socketio.DisconnectReason;
import java.util.Set;

/**
 * Learns which devices of users connect to this node and leave it. Add it with {@link ScarfallBuilder#listener}, or with {@link
 * ScarfallBuilder#blockingListener} if it blocks.
 *
 * <p>The calls about one device come in order, on the home loop of its socket: {@link #connected} before the gateway handles its
 * first event, {@link #disconnecting} and {@link #disconnected} once each after its last one. A device that was connected always
 * gets all three, unless the process dies, or blocking code of the device does not end. What a listener throws is logged and harms neither the device nor other listeners.
 *
 * <p>Whether a device is the first or the last of its user is decided by the store, over all nodes, and never by the devices of
 * this node alone: see {@link Change}.
 */
public interface UserListener {

    /** How the status of a user changed when a device connected or left, over all nodes. */
    enum Change {
        /** The user was offline: this is the first device. */
        CAME_ONLINE,
        /** This was the last device, and the user is offline now. */
        WENT_OFFLINE,
        /**
         * The user was and is online: with another device on any node, or within the grace period. So a device that reconnects in
         * time reads {@code NONE} twice: when its connection broke, and when it is back.
         */
        NONE,
        /** The store has not answered in time. {@link #statusChanged} follows when it does, if the status changed. */
        UNKNOWN
    }

    /**
     * A device has authenticated, and every node can reach it (with {@link Change#UNKNOWN}: this node can). The client got the
     * event {@code connected}; what the listener emits follows it. Events of the device wait until the call returns.
     *
     * @param change {@link Change#CAME_ONLINE}, {@link Change#NONE} or {@link Change#UNKNOWN}
     */
    default void connected(UserCall user, Change change) {}

    /**
     * A device leaves, and is still in its rooms: a broadcast to them reaches the others. Nothing can be sent to the device any
     * more. The store still lists it.
     *
     * @param rooms the rooms that it was in; immutable
     */
    default void disconnecting(UserCall user, DisconnectReason reason, Set<String> rooms) {}

    /**
     * A device has left, the store was told, and the blocking handlers of its events have ended.
     *
     * @param change {@link Change#WENT_OFFLINE}, {@link Change#NONE} or {@link Change#UNKNOWN}. If the connection of the last device
     *     broke, the user stays online for the grace period: {@code NONE}, and {@link #statusChanged} when it is over
     */
    default void disconnected(UserCall user, DisconnectReason reason, Change change) {}

    /**
     * The status of a user changed: by a device of this node, at the end of a grace period, or because a node died. One node of the
     * cluster calls it. It may be called again for a change whose notice may have been lost: the version is the same or higher. Back
     * ends that must not miss a change read {@link io.scarfall.presence.Presence#transitions} instead.
     *
     * <p>Called on a thread of the store or an event loop, in no order with the other calls; must not block either, unless {@link
     * ScarfallBuilder#blockingListener} added the listener: then such calls are made one at a time.
     */
    default void statusChanged(TransitionFeed.StatusChange change) {}
}
