package io.scarfall.engineio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers requests outside the path of a server. Called on the connection's event loop; must not block. */
@FunctionalInterface
public interface HttpRoutes {

    /** Returns the answer, or null for "404 Not Found". A body of the request is not handed on. */
    @Nullable
    CompletionStage<HttpReply> answer(Handshake request);

    /** Answers what this does, and lets another answer the rest. */
    default HttpRoutes or(HttpRoutes other) {
        return request -> {
            CompletionStage<HttpReply> answer = answer(request);
            return answer == null ? other.answer(request) : answer;
        };
    }
}
