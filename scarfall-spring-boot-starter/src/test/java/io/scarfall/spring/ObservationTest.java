package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.testing.Await;
import io.scarfall.socketio.EventRefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Each event is an observation in the application's registry, until it is answered. */
class ObservationTest {

    private static final List<String> OBSERVED = new CopyOnWriteArrayList<>();

    /** Notes each event that was observed to its end, and its failure. */
    static final class Notes implements ObservationHandler<Observation.Context> {

        @Override
        public void onStart(Observation.Context context) {
            if (context.getLowCardinalityKeyValue("event") != null) {
                OBSERVED.add(context.getLowCardinalityKeyValue("event").getValue() + " started");
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            if ("scarfall.event".equals(context.getName())) {
                Throwable failure = context.getError();
                OBSERVED.add(context.getLowCardinalityKeyValue("event").getValue() + " "
                        + (failure == null ? "answered" : failure.getClass().getSimpleName()));
            }
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    @ScarfallController
    static class Shop {

        private final ObservationRegistry registry;
        private final CompletableFuture<String> later = new CompletableFuture<>();

        Shop(ObservationRegistry registry) {
            this.registry = registry;
        }

        @OnEvent("now")
        boolean now() {
            return registry.getCurrentObservation() != null;
        }

        @OnEvent("later")
        CompletionStage<String> later() {
            return later;
        }

        @OnEvent("end")
        void end() {
            later.completeExceptionally(new EventRefusedException("closed", "it is closed"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Shop.class)
    static class App {

        @Bean
        ObservationRegistry observations() {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(new Notes());
            return registry;
        }
    }

    @Test
    void anEventIsObservedUntilItIsAnswered() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                        .web(WebApplicationType.NONE)
                        .properties(
                                "scarfall.port=0",
                                "scarfall.internal-port=0",
                                "scarfall.store=memory",
                                "scarfall.jwt.secret=" + Device.SECRET,
                                "spring.main.banner-mode=off")
                        .run();
                Device alice = Device.connect(context.getBean(Scarfall.class).userPort(), "alice");
                Device bob = Device.connect(context.getBean(Scarfall.class).userPort(), "bob")) {
            assertThat(alice.ask("now")).as("an observation is current").isEqualTo("true");
            Await.until("the observation to end", () -> OBSERVED.contains("now answered"));
            assertThat(OBSERVED).as("the tag is there from the start").contains("now started");
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> alice.ask("later"));
            bob.ask("end");
            assertThat(Await.answer(answer)).contains("\"code\":\"closed\"");
            Await.until("the observation to end", () -> OBSERVED.contains("later EventRefusedException"));
        }
    }
}
