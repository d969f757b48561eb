package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.JwksConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a key set by HTTP. Does not follow redirects. All work runs on a thread of its own, which ends when it is idle:
 * resolving a name may take long. Thread-safe.
 */
final class JwksEndpoint implements AutoCloseable {

    /** The largest key set, in bytes. */
    static final int MAX_BYTES = 262_144;

    private final ThreadPoolExecutor thread;
    private final HttpClient client;
    private final HttpRequest request;
    private final long timeoutMillis;

    JwksEndpoint(JwksConfig config) {
        thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread daemon = new Thread(task, "scarfall-jwks");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.allowCoreThreadTimeOut(true);
        // after the close, the client still submits work of a fetch that has timed out
        thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        timeoutMillis = Math.max(1, config.timeout().toMillis());
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeout())
                .executor(thread)
                .build();
        request = HttpRequest.newBuilder(config.uri())
                .timeout(config.timeout())
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
    }

    /** Fetches the key set once. The stage fails if the status is not 200, or if the response is too large or too late. */
    CompletionStage<byte[]> fetch() {
        return CompletableFuture.supplyAsync(this::exchange, thread).thenCompose(body -> body);
    }

    private CompletableFuture<byte[]> exchange() {
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, head -> new BoundedBody());
        // the client's own timeout covers only the head of the response
        return exchange.thenCompose(JwksEndpoint::body)
                .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .whenComplete((body, error) -> exchange.cancel(true));
    }

    private static CompletableFuture<byte[]> body(HttpResponse<byte[]> response) {
        return response.statusCode() == 200
                ? CompletableFuture.completedFuture(response.body())
                : CompletableFuture.failedFuture(new IOException("status " + response.statusCode()));
    }

    /** Collects a body, and stops reading when it is too large. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {

        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private @Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Subscription body) {
            subscription = body;
            body.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (read.size() + buffer.remaining() > MAX_BYTES) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    whole.completeExceptionally(new IOException("more than " + MAX_BYTES + " bytes"));
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                read.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            whole.complete(read.toByteArray());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
