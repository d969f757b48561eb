package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.JavaProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that cannot go on prints one line and exits. */
class LastWordsTest {

    private static final String LINE = "scarfall: the server cannot go on and exits with code 3: ";

    /** A process that breaks in the way its argument names; without {@link LastWords} it would run forever. */
    static final class Breaks {

        private Breaks() {}

        public static void main(String[] arguments) throws InterruptedException {
            CompletableFuture<String> broken = new CompletableFuture<>();
            LastWords.watch(broken);
            if (arguments[0].equals("loop")) {
                broken.complete("an event loop has ended");
            } else {
                Thread thread = new Thread(() -> {
                    throw new OutOfMemoryError("Java heap space");
                });
                thread.start();
            }
            Thread.currentThread().join();
        }
    }

    @ParameterizedTest
    @CsvSource({"loop, an event loop has ended", "memory, out of memory"})
    void aBrokenServerPrintsOneLineAndExitsWithCode3(String what, String reason) {
        try (JavaProcess process =
                JavaProcess.ofMain(Breaks.class).arguments(what).start()) {
            assertThat(process.awaitExit(Duration.ofSeconds(60))).isEqualTo(3);
            assertThat(process.lines()).isEqualTo(List.of(LINE + reason));
        }
    }
}
