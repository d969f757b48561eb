package io.scarfall.spring.test;

import io.scarfall.testkit.TestCluster;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;

/**
 * A {@link SpringBootTest} of an application on one or more nodes in this process:
 *
 * <pre>{@code
 * @ScarfallTest(nodes = 2)
 * class ShopTest {
 *
 *     @Autowired
 *     TestCluster cluster;
 *
 *     @Test
 *     void theWarehouseLosesItsNode() {
 *         TestClient alice = cluster.node(0).connect("alice");
 *         cluster.node(1).connect("warehouse");
 *         cluster.node(1).crash();
 *         cluster.advance(Duration.ofSeconds(6));
 *     }
 * }
 * }</pre>
 *
 * <p>Node 0 is the gateway of the application, the bean {@code Scarfall}. Each further node has a builder of its own with the same
 * controllers, interceptors and roster. The beans {@code Messages}, {@code Presence} and {@code Roster} belong to node 0.
 *
 * <p>The nodes share state in memory, a bus with faults, and time that stands still: see {@link TestCluster}. They listen on free ports.
 * These and the other properties of the test are defaults: {@link #properties} has precedence over them, and they over the files of the
 * application. A bean {@code ClusterState} of the application is replaced; a bean {@code Scarfall} of its own is refused.
 *
 * <p>After each test method all faults end, stopped nodes start again, and the clients of the test are closed. The next method uses the
 * same application, unless the method stopped node 0: then the next one gets a new application. Friends and the time stay.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@SpringBootTest
public @interface ScarfallTest {

    /** The number of nodes, from 1. */
    int nodes() default 1;

    /**
     * Leave the verification of tokens to the application, such as to its {@code TokenVerifier} or {@code JwtDecoder}. The nodes then
     * accept no token of {@link TestCluster#token}. By default, they accept only these tokens.
     */
    boolean ownTokens() default false;

    /** As {@link SpringBootTest#properties}. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] properties() default {};

    /** As {@link SpringBootTest#classes}. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes() default {};

    /** As {@link SpringBootTest#webEnvironment}; the ports of the gateway do not depend on it. */
    @AliasFor(annotation = SpringBootTest.class)
    WebEnvironment webEnvironment() default WebEnvironment.MOCK;
}
