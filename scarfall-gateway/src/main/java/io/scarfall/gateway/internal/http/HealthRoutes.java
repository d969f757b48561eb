package io.scarfall.gateway.internal.http;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.HttpRoutes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports the state of a node to load balancers and supervisors, as JSON: 200 {@code {"status":"ok"}}, or 503 with {@code
 * {"status": "unavailable","reason":...}}. {@code /healthz} says whether the node serves; {@code /readyz} says whether it
 * can do all of its work. A node that serves most users but not all is ready: it answers 200 {@code
 * {"status":"degraded","reason":...}}, because another node would not serve more of them. Neither path asks for a key,
 * and the reasons contain no details. Thread-safe.
 */
public final class HealthRoutes implements HttpRoutes {

    private static final String HEALTH = "/healthz";
    private static final String READINESS = "/readyz";

    private final Supplier<@Nullable String> whyNotServing;
    private final Supplier<@Nullable String> whyNotReady;
    private final Supplier<@Nullable String> whyDegraded;

    /** @param whyNotServing like the others, gives a fixed text without quotes; null if all is well. Called on event loops */
    public HealthRoutes(
            Supplier<@Nullable String> whyNotServing,
            Supplier<@Nullable String> whyNotReady,
            Supplier<@Nullable String> whyDegraded) {
        this.whyNotServing = whyNotServing;
        this.whyNotReady = whyNotReady;
        this.whyDegraded = whyDegraded;
    }

    @Override
    public @Nullable CompletionStage<HttpReply> answer(Handshake request) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (reads && request.path().equals(HEALTH)) {
            return CompletableFuture.completedFuture(reply(whyNotServing.get()));
        }
        if (reads && request.path().equals(READINESS)) {
            String reason = whyNotReady.get();
            String degraded = reason == null ? whyDegraded.get() : null;
            return CompletableFuture.completedFuture(
                    degraded == null ? reply(reason) : reply(200, "degraded", degraded));
        }
        return null;
    }

    private static HttpReply reply(@Nullable String reason) {
        return reason == null ? reply(200, "{\"status\":\"ok\"}") : reply(503, "unavailable", reason);
    }

    private static HttpReply reply(int code, String status, String reason) {
        return reply(code, "{\"status\":\"" + status + "\",\"reason\":\"" + reason + "\"}");
    }

    private static HttpReply reply(int code, String body) {
        return new HttpReply(code, "application/json", Bytes.utf8(body));
    }
}
