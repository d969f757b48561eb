package io.scarfall.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@link ScarfallController} that is called when a device of a user has authenticated on this node; see {@link
 * io.scarfall.gateway.UserListener#connected}. Its parameters are those of an {@link OnEvent} method that need no argument of an
 * event, and {@link io.scarfall.gateway.UserListener.Change}, which tells the first device of a user from others. The method
 * may block. The device's events wait until it returns. Its failure is logged.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnUserConnected {}
