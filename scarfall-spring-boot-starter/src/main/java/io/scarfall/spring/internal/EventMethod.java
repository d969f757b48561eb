package io.scarfall.spring.internal;

import io.scarfall.spring.internal.EventParameter.Failure;
import io.scarfall.spring.internal.EventParameter.More;
import io.scarfall.spring.internal.EventParameter.Part;
import io.scarfall.spring.internal.EventParameter.Payload;
import io.scarfall.spring.internal.EventParameter.User;
import io.scarfall.spring.internal.EventParameter.Values;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.util.ReflectionUtils;

/**
 * A method of a controller, with the source of each of its parameters. It asks for the bean at the first call, because the gateway is
 * built before beans that need a part of it. Thread-safe.
 */
final class EventMethod {

    private final Supplier<Object> bean;
    private final Method method;
    private final List<EventParameter> parameters;
    private volatile @Nullable Target target;

    /** The bean, which may be a proxy, and the method to call on it. */
    private record Target(Object bean, Method method) {}

    private EventMethod(Supplier<Object> bean, Method method, List<EventParameter> parameters) {
        this.bean = bean;
        this.method = method;
        this.parameters = parameters;
    }

    /**
     * The kind of a method: what its parameters may be, beside the parts of the call.
     *
     * @param takesPayload whether they may be arguments of the event
     * @param takesFailure whether they may be a failure
     * @param more the classes of {@link Values#more}
     */
    record Kind(boolean takesPayload, boolean takesFailure, Set<Class<?>> more) {}

    /**
     * Reads the parameters of a method.
     *
     * @param principals whether there is Spring Security, whose principals can be passed
     * @throws IllegalStateException if a parameter cannot be resolved; the message names it, the method and its class
     */
    static EventMethod of(Supplier<Object> bean, Method method, Kind kind, boolean principals) {
        if (KotlinDetector.isSuspendingFunction(method)) {
            throw new IllegalStateException(name(method)
                    + ": is a suspending function (expected: an ordinary function, which may block, or one that returns a"
                    + " CompletionStage or Mono)");
        }
        List<EventParameter> parameters = new ArrayList<>();
        int payloads = 0;
        for (Parameter parameter : method.getParameters()) {
            EventParameter source = source(parameter, kind, principals, payloads);
            if (source == null) {
                throw new IllegalStateException(
                        name(method) + ": cannot resolve the parameter " + parameter
                                + " (expected: a type that clients send, or one that the documentation of the annotation lists)");
            }
            payloads += source instanceof Payload ? 1 : 0;
            parameters.add(source);
        }
        return new EventMethod(bean, method, List.copyOf(parameters));
    }

    private static @Nullable EventParameter source(Parameter parameter, Kind kind, boolean principals, int payloads) {
        Class<?> type = parameter.getType();
        Part part = EventParameter.PARTS.get(type);
        if (part != null) {
            return part;
        }
        if (kind.more().contains(type)) {
            return new More(type);
        }
        if (Principal.class.isAssignableFrom(type)) {
            return principals ? new User(type) : null;
        }
        if (kind.takesFailure() && Throwable.class.isAssignableFrom(type)) {
            return new Failure(type);
        }
        return kind.takesPayload() && EventParameter.isSendable(type) ? new Payload(payloads, parameter) : null;
    }

    /** Class and method, for messages. */
    static String name(Method method) {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    String name() {
        return name(method);
    }

    List<EventParameter> parameters() {
        return parameters;
    }

    /**
     * Calls the method.
     *
     * @param payload reads and validates the arguments of the event
     * @throws Exception what the method throws, or what reading or validating an argument throws
     */
    @Nullable
    Object call(Values values, PayloadReader payload) throws Exception {
        @Nullable Object[] arguments = new Object[parameters.size()];
        for (int i = 0; i < arguments.length; i++) {
            EventParameter parameter = parameters.get(i);
            if (parameter instanceof Part part) {
                arguments[i] = part.part().apply(values);
            } else if (parameter instanceof Payload argument) {
                arguments[i] = payload.read(values.arguments(), argument);
            } else if (parameter instanceof User user) {
                arguments[i] = user.type().isInstance(values.principal()) ? values.principal() : null;
            } else if (parameter instanceof More more) {
                arguments[i] = values.more().get(more.type());
            } else {
                arguments[i] = values.failure();
            }
        }
        Target now = target();
        payload.validate(now.bean(), method, parameters, arguments);
        try {
            return now.method().invoke(now.bean(), arguments);
        } catch (InvocationTargetException e) {
            ReflectionUtils.rethrowException(e.getTargetException());
            throw new AssertionError("unreachable", e);
        }
    }

    private Target target() {
        Target now = target;
        if (now == null) {
            Object made = bean.get();
            Method callable = AopUtils.selectInvocableMethod(method, made.getClass());
            ReflectionUtils.makeAccessible(callable);
            now = new Target(made, callable);
            target = now;
        }
        return now;
    }
}
