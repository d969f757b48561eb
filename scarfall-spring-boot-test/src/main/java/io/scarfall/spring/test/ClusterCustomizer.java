package io.scarfall.spring.test;

import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Roster;
import io.scarfall.spring.internal.ScarfallAutoConfiguration;
import io.scarfall.testkit.TestCluster;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Gives an application a {@link TestCluster}, and its beans {@code ClusterState} and {@code Scarfall} from it, in place of those of the
 * auto-configuration. A record, because Spring reuses an application for all tests with equal customizers.
 */
record ClusterCustomizer(int nodes, boolean ownTokens) implements ContextCustomizer {

    static final String CLUSTER = "scarfallTestCluster";

    private static final String STATE = "scarfallTestState";
    private static final String GATEWAY = "scarfallTestGateway";

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        TestCluster cluster = TestCluster.of(nodes).builders(() -> beans.getBean(ScarfallBuilder.class));
        addProperties(context.getEnvironment().getPropertySources(), cluster);
        BeanDefinitionRegistry registry = (BeanDefinitionRegistry) beans;
        register(registry, CLUSTER, TestCluster.class, () -> open(cluster, beans));
        register(registry, STATE, ClusterState.class, cluster::shared, CLUSTER);
        register(registry, GATEWAY, Scarfall.class, () -> first(cluster), CLUSTER);
        context.addBeanFactoryPostProcessor(defined -> replaceOwn(defined, registry));
        // After the gateway, because the cluster starts all nodes that are not made yet.
        register(registry, "scarfallTestNodes", FurtherNodes.class, () -> new FurtherNodes(cluster), GATEWAY);
    }

    /**
     * Removes the state of the application, which may be a connection to a Redis.
     *
     * @throws IllegalStateException if the application has a gateway of its own
     */
    private static void replaceOwn(ConfigurableListableBeanFactory beans, BeanDefinitionRegistry registry) {
        for (String name : beans.getBeanNamesForType(Scarfall.class, true, false)) {
            if (!name.equals(GATEWAY)) {
                throw new IllegalStateException(
                        "the bean " + name + " is a gateway of the application's own, which cannot run on"
                                + " several nodes (expected: a ScarfallBuilderCustomizer, or a bean ScarfallBuilder with scope prototype)");
            }
        }
        for (String name : beans.getBeanNamesForType(ClusterState.class, true, false)) {
            if (!name.equals(STATE)) {
                registry.removeBeanDefinition(name);
            }
        }
    }

    /** Adds them after those of the test, before those of the machine and of the application. */
    private void addProperties(MutablePropertySources sources, TestCluster cluster) {
        MapPropertySource added = new MapPropertySource("scarfallTest", properties(cluster));
        if (sources.contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
            sources.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, added);
        } else {
            sources.addLast(added);
        }
    }

    private Map<String, Object> properties(TestCluster cluster) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("scarfall.enabled", true);
        properties.put("scarfall.port", 0);
        properties.put("scarfall.internal-port", 0);
        properties.put("scarfall.store", "memory");
        // Time stands still, so nothing may wait for it.
        properties.put("scarfall.sessions.offline-grace", TestCluster.SESSIONS.offlineGrace());
        properties.put("scarfall.sessions.notice-window", TestCluster.SESSIONS.noticeWindow());
        properties.put("scarfall.drain.notice", "0s");
        properties.put("scarfall.drain.grace", "0s");
        if (!ownTokens) {
            properties.put("scarfall.jwt.secret", cluster.jwtSecret());
            for (String other : new String[] {"public-key-location", "jwks-uri", "issuers", "audiences"}) {
                properties.put("scarfall.jwt." + other, "");
            }
        }
        return properties;
    }

    private static <T> void register(
            BeanDefinitionRegistry registry, String name, Class<T> type, Supplier<T> supplier, String... after) {
        RootBeanDefinition definition = new RootBeanDefinition(type, supplier);
        definition.setPrimary(true);
        definition.setDependsOn(after);
        registry.registerBeanDefinition(name, definition);
    }

    private static TestCluster open(TestCluster cluster, ConfigurableListableBeanFactory beans) {
        Roster roster = ScarfallAutoConfiguration.ownRoster(beans);
        if (roster != null) {
            cluster.roster(roster);
        }
        cluster.open();
        return cluster;
    }

    private Scarfall first(TestCluster cluster) {
        try {
            return cluster.node(0).build();
        } catch (IllegalArgumentException e) {
            if (String.valueOf(e.getMessage()).startsWith("jwtSecret, jwtPublicKey, jwks, tokenVerifier")) {
                throw new IllegalStateException(
                        ownTokens
                                ? "ownTokens: true, but the application has no source of users' tokens, or several (expected: one)"
                                : "ownTokens: false, but the application has a source of users' tokens"
                                        + " (expected: ownTokens = true, and tokens of the test)",
                        e);
            }
            throw e;
        }
    }
}
