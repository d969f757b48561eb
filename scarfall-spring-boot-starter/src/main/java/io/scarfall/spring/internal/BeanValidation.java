package io.scarfall.spring.internal;

import io.scarfall.socketio.EventRefusedException;
import io.scarfall.spring.internal.EventParameter.Payload;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import java.util.Set;
import java.util.stream.Collectors;

/** Validates arguments whose parameters have {@code @Valid}, by the application's {@link Validator}. */
final class BeanValidation implements PayloadValidator {

    /** A client learns this many of its mistakes at once. */
    private static final int MOST = 10;

    private final Validator validator;

    BeanValidation(Validator validator) {
        this.validator = validator;
    }

    @Override
    public void check(Payload payload, Object value) {
        if (!payload.parameter().isAnnotationPresent(Valid.class)) {
            return;
        }
        Set<ConstraintViolation<Object>> violations = validator.validate(value);
        if (!violations.isEmpty()) {
            String words = violations.stream()
                    .map(violation -> path(payload.index(), violation) + " " + violation.getMessage())
                    .sorted()
                    .limit(MOST)
                    .collect(Collectors.joining(", "));
            throw new EventRefusedException("invalid", "invalid arguments: " + words);
        }
    }

    private static String path(int index, ConstraintViolation<?> violation) {
        String inner = violation.getPropertyPath().toString();
        return "[" + index + "]" + (inner.isEmpty() ? "" : "." + inner);
    }
}
