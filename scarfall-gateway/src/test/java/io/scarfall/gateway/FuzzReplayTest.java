package io.scarfall.gateway;

import io.scarfall.testing.FuzzReplay;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzReplayTest {

    @TestFactory
    Stream<DynamicTest> storedInputsPass() throws Exception {
        return FuzzReplay.tests(FuzzReplayTest.class);
    }
}
