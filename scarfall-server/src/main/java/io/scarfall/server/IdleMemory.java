package io.scarfall.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the JVM return memory to the system after a peak of load. By default G1 keeps its heap until the next collection, and an
 * idle server causes none. Flags on the JVM's command line take precedence.
 */
final class IdleMemory {

    private static final Logger log = LoggerFactory.getLogger(IdleMemory.class);

    /** A concurrent collection after 20 s without one, and the share of the heap that may be free after it. */
    private static final List<Map.Entry<String, String>> FLAGS = List.of(
            Map.entry("G1PeriodicGCInterval", "20000"),
            Map.entry("MinHeapFreeRatio", "10"), // before the other, which must not be below it
            Map.entry("MaxHeapFreeRatio", "30"));

    private IdleMemory() {}

    static void giveBack() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (jvm == null) {
            return; // a JVM of another kind
        }
        for (Map.Entry<String, String> flag : FLAGS) {
            String name = flag.getKey();
            try {
                if (jvm.getVMOption(name).getOrigin() == VMOption.Origin.DEFAULT) {
                    jvm.setVMOption(name, flag.getValue());
                }
            } catch (IllegalArgumentException e) {
                log.debug("a flag of the JVM was not set name={} error={}", name, e.getMessage());
            }
        }
    }
}
