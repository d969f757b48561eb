package io.scarfall.server;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets somebody who is tired of waiting for a stop end the process by a second signal. */
final class SecondSignal {

    private static final Logger log = LoggerFactory.getLogger(SecondSignal.class);
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private SecondSignal() {}

    /**
     * From now on SIGTERM, SIGINT and SIGHUP end the process at once. The JVM ignores them once it stops, and has no public way
     * to hear of them; {@code sun.misc.Signal} is in every JDK, but is a warning to the compiler, so it is called by reflection.
     */
    static void endsAtOnce() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            for (Map.Entry<String, Integer> each : NUMBERS.entrySet()) {
                Object end = Proxy.newProxyInstance(
                        SecondSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                            Runtime.getRuntime().halt(128 + each.getValue());
                            return null;
                        });
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(each.getKey()), end);
            }
        } catch (ReflectiveOperationException | RuntimeException e) { // another JVM, or one with -Xrs
            log.debug("a second signal will do nothing", e);
        }
    }
}
