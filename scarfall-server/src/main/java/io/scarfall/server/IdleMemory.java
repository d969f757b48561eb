package io.scarfall.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM give memory back to the system when a storm is over. By itself G1 keeps what it ever took for as long as nothing
 * makes it collect, and an idle server makes nothing. What the JVM was told at its start stays as it is.
 */
final class IdleMemory {

    private static final Logger log = LoggerFactory.getLogger(IdleMemory.class);

    /** A concurrent collection when there was none for so many milliseconds; and how much of the heap may be free after it. */
    private static final Map<String, String> FLAGS =
            Map.of("G1PeriodicGCInterval", "20000", "MinHeapFreeRatio", "10", "MaxHeapFreeRatio", "30");

    private IdleMemory() {}

    static void giveBack() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (jvm == null) {
            return; // a JVM of another kind
        }
        FLAGS.forEach((name, value) -> {
            try {
                if (jvm.getVMOption(name).getOrigin() == VMOption.Origin.DEFAULT) {
                    jvm.setVMOption(name, value);
                }
            } catch (IllegalArgumentException e) {
                log.debug("the JVM does not know a flag name={} error={}", name, e.getMessage());
            }
        });
    }
}
