package io.scarfall.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean that handles events of users. Its methods with {@link OnEvent} handle one event each, and its methods with {@link
 * OnError} turn failures of these into answers:
 *
 * <pre>{@code
 * @ScarfallController
 * class Orders {
 *
 *     @OnEvent("order")
 *     Receipt order(@Valid Order order, Identity user) { ... }
 *
 *     @OnError
 *     EventRefusedException soldOut(SoldOutException e) {
 *         return new EventRefusedException("sold_out", e.getMessage());
 *     }
 * }
 * }</pre>
 *
 * <p>The bean is called by many threads at once, as other controllers of Spring are. Proxies work, such as those of
 * transactions and of method security.
 */
@Documented
@Component
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ScarfallController {

    /** The name of the bean; by default made of the name of the class. */
    @AliasFor(annotation = Component.class)
    String value() default "";
}
