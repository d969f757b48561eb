package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.engineio.EventLoops;
import io.scarfall.gateway.internal.auth.CapturedLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** With the shared state in memory. */
class UserListenerTest extends UserListenerContract {

    UserListenerTest() {
        super(new SharedState.InMemory());
    }

    /** The end of a device waits for its blocking handler, which returns when no event loop can call listeners any more. */
    @Test
    void aDrainDoesNotWaitForListenersWhoseEventLoopsHaveEnded() {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        EventLoops loops = EventLoops.start(1);
        Scarfall a =
                node(builder -> builder.eventLoops(loops).listener(recorder).onBlocking("slow", (user, none) -> {
                    began.countDown();
                    goesOn.await();
                    return "late";
                }));
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.Shutdown")) {
            Client alice = Client.user(a.userPort(), "alice");
            alice.emit("slow");
            await().until(() -> began.getCount() == 0);
            alice.leave();
            await().until(() -> recorder.calls.size() == 2);
            loops.close();
            goesOn.countDown();
            a.drain(Duration.ZERO, Duration.ofSeconds(1)); // bounds the steps that need the loops
            assertThat(log.text()).doesNotContain("settle presence");
        }
        assertThat(recorder.calls).last().asString().startsWith("disconnecting");
    }
}
