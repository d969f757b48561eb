package io.scarfall.gateway.http;

import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.HttpFallback;
import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.packet.Bytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells load balancers and supervisors how a node is, as JSON: 200 {@code {"status":"ok"}}, or 503 with {@code {"status":
 * "unavailable","reason":...}}. {@code /healthz} says whether the node serves; {@code /readyz}, whether it does all that it is
 * there for. Neither asks for a key or tells more than one word or two. Thread-safe.
 */
public final class HealthRoutes implements HttpFallback {

    private static final String HEALTH = "/healthz";
    private static final String READINESS = "/readyz";

    private final Supplier<@Nullable String> whyNotServing;
    private final Supplier<@Nullable String> whyNotReady;

    /** @param whyNotServing and the other give a fixed text, without quotes; null if all is well. Called on event loops */
    public HealthRoutes(Supplier<@Nullable String> whyNotServing, Supplier<@Nullable String> whyNotReady) {
        this.whyNotServing = whyNotServing;
        this.whyNotReady = whyNotReady;
    }

    @Override
    public @Nullable CompletionStage<HttpReply> answer(Handshake request) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (reads && request.path().equals(HEALTH)) {
            return CompletableFuture.completedFuture(reply(whyNotServing.get()));
        }
        if (reads && request.path().equals(READINESS)) {
            return CompletableFuture.completedFuture(reply(whyNotReady.get()));
        }
        return null;
    }

    private static HttpReply reply(@Nullable String reason) {
        String body =
                reason == null ? "{\"status\":\"ok\"}" : "{\"status\":\"unavailable\",\"reason\":\"" + reason + "\"}";
        return new HttpReply(reason == null ? 200 : 503, "application/json", Bytes.utf8(body));
    }
}
