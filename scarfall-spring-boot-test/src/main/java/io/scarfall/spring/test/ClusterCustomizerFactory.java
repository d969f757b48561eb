package io.scarfall.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Finds {@link ScarfallTest} on a class of tests, on its superclass or on the class around it. */
final class ClusterCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configuration) {
        ScarfallTest test = TestContextAnnotationUtils.findMergedAnnotation(testClass, ScarfallTest.class);
        return test == null ? null : new ClusterCustomizer(test.nodes(), test.ownTokens());
    }
}
