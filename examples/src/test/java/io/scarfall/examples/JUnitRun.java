package io.scarfall.examples;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs a sample that is a test, with the JUnit on the class path. */
public final class JUnitRun {

    private JUnitRun() {}

    /** Runs a class with one test. */
    public static void passes(Class<?> sample) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(sample))
                        .build(),
                summary);
        summary.getSummary().getFailures().forEach(failure -> {
            throw new AssertionError("the test of the sample failed", failure.getException());
        });
        if (summary.getSummary().getTestsSucceededCount() != 1) {
            throw new AssertionError("the sample has no test that ran");
        }
    }
}
