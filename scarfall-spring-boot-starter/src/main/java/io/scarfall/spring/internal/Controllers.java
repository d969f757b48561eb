package io.scarfall.spring.internal;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.UserCall;
import io.scarfall.gateway.UserListener;
import io.scarfall.gateway.UserListener.Change;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.spring.OnError;
import io.scarfall.spring.OnEvent;
import io.scarfall.spring.OnUserConnected;
import io.scarfall.spring.OnUserDisconnected;
import io.scarfall.spring.ScarfallController;
import io.scarfall.spring.internal.EventMethod.Kind;
import io.scarfall.spring.internal.EventParameter.Payload;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.util.ClassUtils;

/**
 * The beans with {@link ScarfallController}, in their order. It reads their classes only: the beans are made later, because they may
 * need parts of the gateway.
 */
final class Controllers {

    private final ConfigurableListableBeanFactory beans;
    private final PayloadReader reader;
    private final List<EventAround> arounds;
    private final PrincipalSource principals;

    private static final String VALID = "jakarta.validation.Valid";
    private static final String CONSTRAINT = "jakarta.validation.Constraint";

    private static final Kind EVENT = new Kind(true, false, Set.of());
    private static final Kind ERROR = new Kind(false, true, Set.of());
    private static final Kind CONNECTED = new Kind(false, false, Set.of(Change.class));
    private static final Kind DISCONNECTED = new Kind(false, false, Set.of(Change.class, DisconnectReason.class));

    private final Map<String, EventMethod> events = new HashMap<>();
    private final ErrorMethods errors = new ErrorMethods();

    /** A controller, before its bean is made. */
    private record Controller(Class<?> type, Supplier<Object> bean) {}

    Controllers(
            ConfigurableListableBeanFactory beans,
            PayloadReader reader,
            List<EventAround> arounds,
            PrincipalSource principals) {
        this.beans = beans;
        this.reader = reader;
        this.arounds = arounds;
        this.principals = principals;
    }

    /**
     * Adds their events to a gateway.
     *
     * @throws IllegalStateException if a method is unusable; the message names class and method
     */
    void apply(ScarfallBuilder builder) {
        List<Controller> found = found();
        for (Controller controller : found) {
            annotated(
                    controller,
                    OnError.class,
                    (method, annotation) ->
                            errors.add(method(controller, method, ERROR), annotation, controller.type()));
        }
        for (Controller controller : found) {
            annotated(
                    controller,
                    OnEvent.class,
                    (method, annotation) -> addEvent(builder, controller, method, annotation));
            annotated(controller, OnUserConnected.class, (method, annotation) -> {
                EventCall connected = call("connected", true, method(controller, method, CONNECTED), controller);
                builder.blockingListener(new UserListener() {
                    @Override
                    public void connected(UserCall user, Change change) {
                        connected.listen(user, Map.of(Change.class, change));
                    }
                });
            });
            annotated(controller, OnUserDisconnected.class, (method, annotation) -> {
                EventCall disconnected =
                        call("disconnected", true, method(controller, method, DISCONNECTED), controller);
                builder.blockingListener(new UserListener() {
                    @Override
                    public void disconnected(UserCall user, DisconnectReason reason, Change change) {
                        disconnected.listen(user, Map.of(Change.class, change, DisconnectReason.class, reason));
                    }
                });
            });
        }
    }

    private List<Controller> found() {
        List<Controller> found = new ArrayList<>();
        for (String name : beans.getBeanNamesForAnnotation(ScarfallController.class)) {
            Class<?> type = beans.getType(name, false);
            // A bean with a scope is there twice: its proxy counts.
            if (type != null && !ScopedProxyUtils.isScopedTarget(name)) {
                found.add(new Controller(ClassUtils.getUserClass(type), () -> beans.getBean(name)));
            }
        }
        found.sort(Comparator.comparingInt(
                controller -> OrderUtils.getOrder(controller.type(), Ordered.LOWEST_PRECEDENCE)));
        return found;
    }

    private static <A extends Annotation> void annotated(
            Controller controller, Class<A> annotation, BiConsumer<Method, A> action) {
        Map<Method, @Nullable A> methods =
                MethodIntrospector.selectMethods(controller.type(), (MethodIntrospector.MetadataLookup<@Nullable A>)
                        method -> AnnotatedElementUtils.findMergedAnnotation(method, annotation));
        methods.forEach((method, found) -> {
            if (found != null) {
                action.accept(method, found);
            }
        });
    }

    private EventCall call(String event, boolean blocking, EventMethod method, Controller controller) {
        return new EventCall(event, blocking, method, controller.type(), errors, reader, arounds, principals);
    }

    private EventMethod method(Controller controller, Method method, Kind kind) {
        if (Modifier.isStatic(method.getModifiers())) {
            throw new IllegalStateException(EventMethod.name(method) + ": is static (expected: a method of the bean)");
        }
        EventMethod made = EventMethod.of(controller.bean(), method, kind, principals.exist());
        if (!reader.validates() && made.parameters().stream().anyMatch(Controllers::isConstrained)) {
            throw new IllegalStateException(
                    EventMethod.name(method) + ": has @Valid or a constraint, but the application has"
                            + " no Validator (expected: spring-boot-starter-validation)");
        }
        return made;
    }

    /** By names, because an application need not have the classes. */
    private static boolean isConstrained(EventParameter parameter) {
        return parameter instanceof Payload payload
                && Arrays.stream(payload.parameter().getAnnotations())
                        .map(Annotation::annotationType)
                        .anyMatch(type -> type.getName().equals(VALID)
                                || Arrays.stream(type.getAnnotations())
                                        .anyMatch(meta ->
                                                meta.annotationType().getName().equals(CONSTRAINT)));
    }

    private void addEvent(ScarfallBuilder builder, Controller controller, Method declared, OnEvent annotation) {
        EventMethod method = method(controller, declared, EVENT);
        String event = annotation.value();
        EventMethod other = events.putIfAbsent(event, method);
        if (other != null) {
            throw new IllegalStateException(method.name() + ": handles the event " + event + ", as " + other.name()
                    + " does (expected: one method for each event)");
        }
        EventCall call = call(event, annotation.blocking(), method, controller);
        EventInterceptor[] guards = annotation.roles().length == 0
                ? new EventInterceptor[0]
                : new EventInterceptor[] {Identity.requireRole(annotation.roles())};
        try {
            if (annotation.blocking()) {
                builder.onBlocking(event, call::handle, guards);
            } else {
                builder.on(event, call::handle, guards);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(method.name() + ": " + e.getMessage(), e);
        }
    }
}
