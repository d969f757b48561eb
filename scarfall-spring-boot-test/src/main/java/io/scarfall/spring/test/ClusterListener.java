package io.scarfall.spring.test;

import io.scarfall.testkit.TestCluster;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/**
 * After a test method: adds the seed of random faults to its failure, and prepares the cluster of a {@link ScarfallTest} for the next
 * method. If it cannot, it has Spring make a new application.
 */
final class ClusterListener extends AbstractTestExecutionListener {

    /** After a method: after the transaction of the test ends, before {@code @DirtiesContext} closes the application. */
    private static final int ORDER = 3500;

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public void afterTestMethod(TestContext test) {
        if (!test.hasApplicationContext()) {
            return;
        }
        ApplicationContext context = test.getApplicationContext();
        if (!context.containsLocalBean(ClusterCustomizer.CLUSTER)) {
            return;
        }
        TestCluster cluster = context.getBean(ClusterCustomizer.CLUSTER, TestCluster.class);
        Throwable failure = test.getTestException();
        if (failure != null) {
            cluster.explain(failure);
        }
        if (!cluster.reset()) {
            test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
            test.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE, true);
        }
    }
}
