package io.scarfall.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Measures the cost of a fuzz target, to find inputs that cost far more than their length. It always measures memory,
 * but CPU time only while fuzzing, with {@code -Dscarfall.fuzz.cpu=true}, because ordinary tests must not depend on
 * time.
 */
public final class Cost {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final boolean MEASURES_TIME = Boolean.getBoolean("scarfall.fuzz.cpu");

    /** What a run may cost for any input. */
    private static final long BASE_BYTES = 1 << 20;

    private static final long BASE_NANOS = 30_000_000;
    private static final int NANOS_PER_BYTE = 1_000;

    /** How often a run may be too expensive: the first runs load and compile classes, and the machine may be busy. */
    private static final int ATTEMPTS = 5;

    private Cost() {}

    /**
     * Runs a task.
     *
     * @param perByte how many bytes the task may allocate for each byte of its input
     * @throws AssertionError if every run costs more
     */
    public static void bounded(int inputBytes, int perByte, Runnable task) {
        long allowedBytes = BASE_BYTES + (long) perByte * inputBytes;
        long allowedNanos = BASE_NANOS + (long) NANOS_PER_BYTE * inputBytes;
        long bytes = 0;
        long nanos = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
            long nanosBefore = MEASURES_TIME ? THREADS.getCurrentThreadCpuTime() : 0;
            task.run();
            bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
            nanos = MEASURES_TIME ? THREADS.getCurrentThreadCpuTime() - nanosBefore : 0;
            if (bytes <= allowedBytes && nanos <= allowedNanos) {
                return;
            }
        }
        throw new AssertionError(
                inputBytes + " bytes of input cost " + bytes + " bytes of memory and " + nanos + " ns of CPU");
    }
}
