package io.scarfall.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Roster;
import io.scarfall.testkit.TestClient;
import io.scarfall.testkit.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestContextManager;

class ScarfallTestTest {

    private static boolean online(TestCluster cluster, String userId) {
        return cluster.shared()
                .presence()
                .status(userId)
                .toCompletableFuture()
                .join()
                .online();
    }

    private static String nextMessage(TestClient client) {
        return client.next("message").require(0, JsonNode.class).path("message").asText();
    }

    /** The methods run in this order, and one after the other uses the same application, until node 0 dies. */
    @Nested
    @ScarfallTest(
            nodes = 2,
            classes = Office.class,
            properties = {"spring.profiles.active=production", "scarfall.limits.max-sessions-per-user=4"})
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class Lives {

        @Autowired
        TestCluster cluster;

        @Autowired
        Scarfall scarfall;

        private final Set<Scarfall> applications = new HashSet<>();

        @Test
        @Order(1)
        void bothNodesServeTheEventsOfTheController() {
            applications.add(scarfall);
            TestClient alice = cluster.node(0).connect("alice");
            TestClient bob = cluster.node(1).connect("bob");

            assertThat(alice.ask("who").get(0, String.class)).isEqualTo("alice");
            assertThat(bob.ask("who").get(0, String.class)).isEqualTo("bob");
            assertThat(alice.ask("tell", "bob", "hi").get(0, Boolean.class)).isTrue();
            assertThat(nextMessage(bob)).isEqualTo("hi");
            assertThat(cluster.node(0).gateway()).isSameAs(scarfall);
        }

        @Test
        @Order(2)
        void aCrashedNodeGivesNoNotice() {
            assertThat(online(cluster, "alice"))
                    .as("closed after the method before")
                    .isFalse();
            TestClient alice = cluster.node(0).connect("alice");
            TestClient bob = cluster.node(1).connect("bob");
            cluster.node(1).crash();
            bob.disconnected();

            cluster.advance(Duration.ofSeconds(5));
            assertThat(online(cluster, "bob")).isTrue();
            cluster.advance(Duration.ofSeconds(5));
            assertThat(online(cluster, "bob")).isFalse();
            assertThat(alice.ask("who").get(0, String.class)).isEqualTo("alice");
            cluster.bus().lose(1);
            cluster.node(0).cut();
        }

        @Test
        @Order(3)
        void theNextMethodHasAllNodesAndNoFaults() {
            assertThat(applications).containsExactly(scarfall);
            cluster.node(1).connect("bob");
            TestClient alice = cluster.node(0).connect("alice");

            assertThat(alice.ask("tell", "bob", "hi").get(0, Boolean.class)).isTrue();
            cluster.node(0).crash();
            alice.disconnected();
            assertThatThrownBy(() -> cluster.node(0).start()).hasMessageContaining("started by the application");
        }

        @Test
        @Order(4)
        void afterACrashOfNodeZeroTheNextMethodHasANewApplication() {
            assertThat(applications).doesNotContain(scarfall);
            assertThat(cluster.node(0).gateway()).isSameAs(scarfall);
            cluster.node(1).connect("bob");
            assertThat(cluster.node(0).connect("alice").ask("tell", "bob", "hi").get(0, Boolean.class))
                    .isTrue();
        }

        @Test
        @Order(5)
        void allNodesShareTheStateOfTheKitAndTheRosterOfTheApplication(
                @Autowired ClusterState state, @Autowired Environment environment) {
            assertThat(state).isSameAs(cluster.shared());
            for (Roster roster :
                    List.of(cluster.shared().roster(), cluster.node(1).gateway().roster())) {
                assertThat(roster.friends("alice").toCompletableFuture().join()).containsExactly(Friend.of("bob"));
            }
            assertThat(scarfall.config().limits().maxSessionsPerUser())
                    .as("of the test, before that of the application")
                    .isEqualTo(4);
            assertThat(environment.getProperty("scarfall.sessions.offline-grace", Duration.class))
                    .isEqualTo(Duration.ZERO);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Verified {

        /** The token of a user is its name. */
        @Bean
        TokenVerifier verifier() {
            return token -> CompletableFuture.completedFuture(
                    new Identity(token, null, null, Instant.now().plusSeconds(60)));
        }
    }

    @Nested
    @ScarfallTest(
            nodes = 2,
            ownTokens = true,
            classes = {Office.class, Verified.class})
    class OwnTokens {

        @Autowired
        TestCluster cluster;

        @Test
        void theApplicationVerifiesThemOnAllNodes() {
            for (int node : new int[] {0, 1}) {
                TestClient alice = cluster.node(node).client().token("alice").connect();
                assertThat(alice.ask("who").get(0, String.class)).isEqualTo("alice");
            }
        }

        @Nested
        class Inside {

            @Test
            void aNestedClassUsesTheSameApplication(@Autowired TestCluster same) {
                assertThat(same).isSameAs(cluster);
            }
        }
    }

    @ScarfallTest(classes = Office.class)
    static class Failing {}

    @Test
    void aFailureReportsTheSeed() throws Exception {
        TestContextManager manager = new TestContextManager(Failing.class);
        Failing test = new Failing();
        manager.prepareTestInstance(test);
        AssertionError failure = new AssertionError("the test's own");
        manager.afterTestMethod(test, Object.class.getMethod("toString"), failure);
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(replay -> assertThat(replay.getMessage()).contains("-Dscarfall.seed="));
    }

    @ScarfallTest(classes = {Office.class, Verified.class})
    static class TwoSources {}

    @Configuration(proxyBeanMethods = false)
    static class OwnGateway {

        @Bean
        Scarfall scarfall(ScarfallBuilder builder) {
            return builder.build();
        }
    }

    @ScarfallTest(classes = {Office.class, OwnGateway.class})
    static class WithOwnGateway {}

    @Test
    void aGatewayOfTheApplicationsOwnIsRefused() {
        assertThatThrownBy(() -> new TestContextManager(WithOwnGateway.class).prepareTestInstance(new WithOwnGateway()))
                .hasStackTraceContaining("the bean scarfall is a gateway of the application's own")
                .hasStackTraceContaining("expected: a ScarfallBuilderCustomizer");
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnState {

        @Bean
        ClusterState redis() {
            throw new AssertionError("a connection of the test to a real store");
        }
    }

    @Nested
    @ScarfallTest(classes = {Office.class, OwnState.class})
    class WithOwnState {

        @Test
        void theStateOfTheKitReplacesIt(@Autowired TestCluster cluster, @Autowired List<ClusterState> states) {
            assertThat(states).containsExactly(cluster.shared());
        }
    }

    @Test
    void anApplicationWithAVerifierNeedsOwnTokens() {
        assertThatThrownBy(() -> new TestContextManager(TwoSources.class).prepareTestInstance(new TwoSources()))
                .hasStackTraceContaining("expected: ownTokens = true");
    }
}
