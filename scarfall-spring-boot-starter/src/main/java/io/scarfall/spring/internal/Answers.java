package io.scarfall.spring.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What methods of controllers return, as the gateway takes it. */
final class Answers {

    private Answers() {}

    /**
     * The ack, or a stage of it. A publisher of one value becomes a stage of it, another publisher one of a list.
     *
     * @param ack makes the ack of a value
     */
    static @Nullable Object of(@Nullable Object returned, UnaryOperator<@Nullable Object> ack) {
        if (returned instanceof CompletionStage<?> stage) {
            return stage.thenApply(ack);
        }
        ReactiveAdapter adapter = returned == null
                ? null
                : ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, returned);
        if (adapter == null) {
            return ack.apply(returned);
        }
        Publisher<Object> publisher = adapter.toPublisher(returned);
        Mono<?> one = adapter.isMultiValue() ? Flux.from(publisher).collectList() : Mono.from(publisher);
        return one.toFuture().thenApply(ack);
    }

    /** The answer with the failure of its stage answered by {@code onFailure}: by a value or a stage. It may throw. */
    static @Nullable Object recover(@Nullable Object answer, Function<Throwable, @Nullable Object> onFailure) {
        if (!(answer instanceof CompletionStage<?> stage)) {
            return answer;
        }
        return stage.handle((value, failure) -> failure == null ? value : onFailure.apply(cause(failure)))
                .thenCompose(Answers::stage);
    }

    private static CompletionStage<@Nullable Object> stage(@Nullable Object value) {
        @SuppressWarnings("unchecked") // the result of any stage is an Object
        CompletionStage<@Nullable Object> stage = value instanceof CompletionStage<?> later
                ? (CompletionStage<@Nullable Object>) later
                : CompletableFuture.completedFuture(value);
        return stage;
    }

    /** The failure without what stages and proxies wrap around it. */
    static Throwable cause(Throwable failure) {
        Throwable inner = failure;
        while (List.of(
                                CompletionException.class,
                                ExecutionException.class,
                                java.lang.reflect.UndeclaredThrowableException.class)
                        .contains(inner.getClass())
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
