package io.scarfall.spring.internal;

import io.scarfall.socketio.EventRefusedException;
import io.scarfall.spring.internal.EventParameter.Payload;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;

/** Validates parameters that have {@code @Valid} or a constraint, by the application's {@link Validator}. */
final class BeanValidation implements PayloadValidator {

    /** A client learns this many of its mistakes at once. */
    private static final int MOST = 10;

    /** How a path names the elements of a container, such as {@code .<list element>}. */
    private static final Pattern ELEMENT = Pattern.compile("\\.<[^>]*>");

    private final Validator validator;
    private final Map<Method, Boolean> constrained = new ConcurrentHashMap<>();

    BeanValidation(Validator validator) {
        this.validator = validator;
    }

    @Override
    public void check(Object bean, Method method, List<EventParameter> parameters, @Nullable Object[] values) {
        Object behindProxy = AopProxyUtils.getSingletonTarget(bean);
        Object target = behindProxy == null ? bean : behindProxy;
        if (!constrained.computeIfAbsent(method, key -> isConstrained(target.getClass(), key))) {
            return;
        }
        Set<ConstraintViolation<Object>> violations =
                validator.forExecutables().validateParameters(target, method, values);
        if (!violations.isEmpty()) {
            String words = violations.stream()
                    .map(violation -> path(violation.getPropertyPath(), parameters) + " " + violation.getMessage())
                    .sorted()
                    .limit(MOST)
                    .collect(Collectors.joining(", "));
            throw new EventRefusedException("invalid", "invalid arguments: " + words);
        }
    }

    private boolean isConstrained(Class<?> type, Method method) {
        var constraints = validator
                .getConstraintsForClass(type)
                .getConstraintsForMethod(method.getName(), method.getParameterTypes());
        return constraints != null && constraints.hasConstrainedParameters();
    }

    /** The path as clients know it: from the argument of the event, without the names of method and parameter. */
    private static String path(Path path, List<EventParameter> parameters) {
        Iterator<Path.Node> nodes = path.iterator();
        String method = nodes.next().getName();
        if (!(nodes.next() instanceof Path.ParameterNode parameter)) {
            return "arguments"; // a constraint on several parameters
        }
        String inner = path.toString()
                .substring(method.length() + 1 + parameter.getName().length());
        return (parameters.get(parameter.getParameterIndex()) instanceof Payload payload
                        ? "[" + payload.index() + "]"
                        : parameter.getName())
                + ELEMENT.matcher(inner).replaceAll("");
    }
}
