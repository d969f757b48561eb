package io.scarfall.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.management.ManagementFactory;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;

/** Sets up the watches before the first test class is loaded, and checks for leaks once more after the last. */
public final class TestSession implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        // Before any buffer class is initialised: each keeps the detector that it finds then.
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new LeakCheck.Recorder());
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        // An IDE may start tests without the flag; a build does not.
        if (ManagementFactory.getRuntimeMXBean()
                .getInputArguments()
                .contains("-XX:+AllowRedefinitionToAddDeleteMethods")) {
            BlockHound.install(watch -> watch
                    // Tests log to the console, from event loops too.
                    .allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders")
                    // Reads /dev/urandom, which never waits.
                    .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                    // Lettuce holds a lock while it counts a writer, and while it looks up the methods of a new
                    // connection.
                    .allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters")
                    .allowBlockingCallsInside(
                            "io.lettuce.core.internal.AbstractInvocationHandler$MethodTranslator", "of")
                    // Threads of Netty share parts of its allocator, and lock them for moments.
                    .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate"));
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        LeakCheck.failOnLeaks();
    }
}
