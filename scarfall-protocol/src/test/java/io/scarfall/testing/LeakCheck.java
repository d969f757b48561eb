package io.scarfall.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when Netty finds a reference-counted object that was garbage-collected without a release. It names
 * the class that ran when Netty found the leak, which is nearly always the class that leaked.
 */
public final class LeakCheck implements AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    /**
     * Lettuce allocates a buffer for each attempt to connect, and frees it when the channel is deregistered. If a
     * client is closed while it tries to reach an unavailable server, its event loop may end before that.
     */
    private static final String READ_BUFFER_OF_THE_REDIS_CLIENT =
            "io.lettuce.core.protocol.CommandHandler.channelRegistered";

    private static final List<ResourceLeakDetector<?>> DETECTORS = new CopyOnWriteArrayList<>();

    @Override
    public void afterAll(ExtensionContext context) {
        boolean nested = context.getRequiredTestClass().isMemberClass();
        if (!nested) {
            failOnLeaks();
        }
    }

    static void failOnLeaks() {
        collectGarbage();
        DETECTORS.forEach(LeakCheck::report);
        List<String> found = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            found.add(leak);
        }
        if (!found.isEmpty()) {
            throw new AssertionError(found.size() + " leaked, first seen here:\n" + String.join("\n", found));
        }
    }

    /** Two rounds: one thread enqueues the references of a round in no order, but before those of the next round. */
    private static void collectGarbage() {
        for (int round = 0; round < 2; round++) {
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
            System.gc();
            try {
                queue.remove(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            canary.clear();
        }
    }

    /** A detector reports what it has found only when it next tracks an object. */
    @SuppressWarnings("unchecked")
    private static void report(ResourceLeakDetector<?> detector) {
        Object probe = new Object();
        ResourceLeakTracker<Object> tracker = ((ResourceLeakDetector<Object>) detector).track(probe);
        if (tracker != null) {
            tracker.close(probe);
        }
    }

    static final class Recorder extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation")
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            ResourceLeakDetector<T> detector = new RecordingDetector<>(resource, samplingInterval);
            DETECTORS.add(detector);
            return detector;
        }
    }

    private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {
        RecordingDetector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        /** Enabled even if nothing is logged. */
        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            if (!records.contains(READ_BUFFER_OF_THE_REDIS_CLIENT)) {
                LEAKS.add(resourceType + records);
            }
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add(resourceType);
        }
    }
}
