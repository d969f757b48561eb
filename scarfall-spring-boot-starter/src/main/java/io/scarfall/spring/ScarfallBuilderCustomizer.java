package io.scarfall.spring;

import io.scarfall.gateway.ScarfallBuilder;

/**
 * Changes the gateway of the application before it is built: everything that has no property. Every bean of this type is
 * called, in the order of {@link org.springframework.core.annotation.Order}, after the properties and the controllers.
 *
 * <p>A customizer that needs a bean that itself needs {@link io.scarfall.gateway.Messages} or another part of the gateway asks
 * for it by an {@link org.springframework.beans.factory.ObjectProvider}, because the gateway is built first.
 */
@FunctionalInterface
public interface ScarfallBuilderCustomizer {

    /** Changes the builder. Called once for each gateway that is built; in an application this is once. */
    void customize(ScarfallBuilder builder);
}
