package io.scarfall.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@link ScarfallController} that is called when a device of a user has left this node; see {@link
 * io.scarfall.gateway.UserListener#disconnected}. Its parameters are those of an {@link OnUserConnected} method, and {@link
 * io.scarfall.socketio.DisconnectReason}. The method may block. Its failure is logged.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnUserDisconnected {}
