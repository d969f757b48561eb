package io.scarfall.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@link ScarfallController} that handles an event of authenticated users.
 *
 * <p><b>Parameters</b> are resolved by type: {@link io.scarfall.gateway.UserCall}, {@link io.scarfall.gateway.Identity}, {@link
 * io.scarfall.gateway.Messages}, {@link io.scarfall.presence.Presence}, {@link io.scarfall.presence.Roster}, {@link
 * io.scarfall.socketio.Socket}, {@link io.scarfall.socketio.packet.Arguments}, and a {@link java.security.Principal} if Spring
 * Security is there. Each other parameter reads the next argument of the event, the first one the first argument. If that is
 * missing, null, or does not fit, the client gets {@code code: "invalid"}; a parameter of type {@link java.util.Optional} may be
 * missing. A parameter with {@code @Valid} or a constraint such as {@code @NotBlank} is validated.
 *
 * <p><b>The returned value</b> is the ack: a value, a {@link java.util.concurrent.CompletionStage}, or a {@code Mono} or another
 * {@code Publisher}. A method that returns nothing acks without arguments.
 *
 * <p><b>A failure</b> is answered by the {@link OnError} method for it, if there is one. An {@link
 * io.scarfall.socketio.EventRefusedException} answers for itself; any other failure is logged, and the client gets {@code code:
 * "internal"}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnEvent {

    /** The name of the event, unique in the application. */
    String value();

    /**
     * Whether the method may block, as most methods of applications do. It then runs as {@link
     * io.scarfall.gateway.ScarfallBuilder#onBlocking} says: on a virtual thread on Java 21 and newer. If false, it runs on the event
     * loop of its client, and must not block.
     */
    boolean blocking() default true;

    /** The roles of which the user needs one, as in {@link io.scarfall.gateway.Identity#requireRole}; none by default. */
    String[] roles() default {};
}
