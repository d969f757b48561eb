package io.scarfall.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that turns a failure of {@link OnEvent} methods into an answer. Its parameters are the failure, and any of those of
 * an {@link OnEvent} method that need no argument of the event. It returns an {@link io.scarfall.socketio.EventRefusedException},
 * which refuses the event, or another value, which is the ack.
 *
 * <p>Of several methods that fit, the one for the nearest superclass of the failure is called. A method in the controller of the
 * event goes before a method of another controller. If a stage, a reflective call or a proxy wraps the failure, the inner one counts.
 *
 * <p>The method may block, also for an event that must not. It runs as the user of the event, for Spring Security.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnError {

    /** Whether the method also answers for the events of all other controllers; false. */
    boolean everywhere() default false;
}
