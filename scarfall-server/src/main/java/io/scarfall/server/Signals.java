package io.scarfall.server;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What signals do besides the first SIGTERM or SIGINT, which run the JVM's shutdown hooks. The JVM has no public API for
 * signals. {@code sun.misc.Signal} is in every JDK, but using it is a compiler warning, so this class calls it by reflection.
 */
final class Signals {

    private static final Logger log = LoggerFactory.getLogger(Signals.class);
    private static final Map<String, Integer> ENDING = Map.of("INT", 2, "TERM", 15);

    private Signals() {}

    /** From now on SIGHUP does not end the process: operators send it to make a service reload its files. */
    static void ignoreHangup() {
        handle(
                "HUP",
                () -> log.info(
                        "SIGHUP ignored: a changed certificate is read by itself, other settings need a restart"));
    }

    /** From now on SIGTERM and SIGINT end the process at once. The JVM ignores them once it stops. */
    static void endAtOnce() {
        ENDING.forEach((name, number) -> handle(name, () -> Runtime.getRuntime().halt(128 + number)));
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | RuntimeException e) { // another JVM, or one with -Xrs
            log.debug("signal keeps its default signal={}", name, e);
        }
    }
}
