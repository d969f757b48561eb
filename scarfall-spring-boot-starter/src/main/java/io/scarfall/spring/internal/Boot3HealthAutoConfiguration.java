package io.scarfall.spring.internal;

import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The health of the gateway for the actuator of Spring Boot 3.5. */
@AutoConfiguration(after = ScarfallAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(ScarfallLifecycle.class)
public class Boot3HealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "scarfallHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("scarfall")
    HealthIndicator scarfallHealthIndicator(ScarfallLifecycle lifecycle) {
        return () -> {
            GatewayState state = lifecycle.state();
            Health.Builder health =
                    state.isUp() ? Health.up() : state.isOutOfService() ? Health.outOfService() : Health.down();
            return health.withDetails(state.details()).build();
        };
    }
}
