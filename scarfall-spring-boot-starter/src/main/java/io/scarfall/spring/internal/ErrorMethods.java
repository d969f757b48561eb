package io.scarfall.spring.internal;

import io.scarfall.spring.OnError;
import io.scarfall.spring.internal.EventParameter.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ExceptionDepthComparator;

/** The methods with {@link OnError}, and which one answers for a failure. Not changed after the start, then thread-safe. */
final class ErrorMethods {

    private final List<Entry> entries = new ArrayList<>();

    /** A method, the failures that it takes, and the controller whose events it answers for; null for all. */
    private record Entry(
            EventMethod method,
            Class<? extends Throwable> failure,
            @Nullable Class<?> controller) {}

    void add(EventMethod method, OnError annotation, Class<?> controller) {
        Class<? extends Throwable> failure = method.parameters().stream()
                .filter(Failure.class::isInstance)
                .findFirst()
                .<Class<? extends Throwable>>map(
                        parameter -> ((Failure) parameter).type().asSubclass(Throwable.class))
                .orElseThrow(() -> new IllegalStateException(method.name()
                        + ": has no failure as a parameter (expected: a method with @OnError takes one)"));
        Class<?> scope = annotation.everywhere() ? null : controller;
        entries.stream()
                .filter(entry -> entry.failure() == failure && entry.controller() == scope)
                .findFirst()
                .ifPresent(other -> {
                    throw new IllegalStateException(method.name() + ": answers for " + failure.getName() + ", as "
                            + other.method().name() + " does (expected: one method)");
                });
        entries.add(new Entry(method, failure, scope));
    }

    /** The method that answers for a failure of an event of this controller; null if none does. */
    @Nullable
    EventMethod find(Class<?> controller, Throwable failure) {
        EventMethod own = nearest(failure, entry -> entry.controller() == controller);
        return own != null ? own : nearest(failure, entry -> entry.controller() == null);
    }

    private @Nullable EventMethod nearest(Throwable failure, java.util.function.Predicate<Entry> scope) {
        return entries.stream()
                .filter(scope)
                .filter(entry -> entry.failure().isInstance(failure))
                .min(Comparator.comparing(Entry::failure, new ExceptionDepthComparator(failure)))
                .map(Entry::method)
                .orElse(null);
    }
}
