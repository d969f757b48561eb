package io.scarfall.server;

import io.scarfall.testing.FuzzReplay;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the stored inputs of this module's fuzz targets. */
class FuzzReplayTest {

    @TestFactory
    Stream<DynamicTest> storedInputs() throws Exception {
        return FuzzReplay.tests(FuzzReplayTest.class);
    }
}
