package io.scarfall.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.List;
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
