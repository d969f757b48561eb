package io.scarfall.engineio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers HTTP requests outside the path of the protocol. Called on the connection's event loop; must not block. A
 * failure is answered with status 500, and logged as an error.
 */
@FunctionalInterface
public interface HttpRoutes {

    /**
     * Returns a stage of the answer, which may complete on any thread; a null stage, or a stage of null, is "404 Not
     * Found". The body of the request is not available.
     */
    @Nullable
    CompletionStage<HttpReply> answer(Handshake request);

    /** Returns routes that ask these first, and {@code other} if these return null. */
    default HttpRoutes or(HttpRoutes other) {
        return request -> {
            CompletionStage<HttpReply> answer = answer(request);
            return answer == null ? other.answer(request) : answer;
        };
    }
}
