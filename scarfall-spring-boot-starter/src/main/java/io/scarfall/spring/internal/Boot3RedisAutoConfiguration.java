package io.scarfall.spring.internal;

import io.scarfall.spring.internal.RedisServers.Sentinel;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.context.annotation.Bean;

/** The Redis of the application in Spring Boot 3.5. */
@AutoConfiguration(afterName = "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration")
@ConditionalOnClass(RedisConnectionDetails.class)
@ConditionalOnBean(RedisConnectionDetails.class)
public class Boot3RedisAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RedisServers scarfallRedisServers(RedisConnectionDetails details) {
        RedisConnectionDetails.Cluster cluster = details.getCluster();
        RedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        RedisConnectionDetails.Standalone standalone = details.getStandalone();
        if (cluster != null) {
            return new RedisServers(
                    cluster.getNodes().stream()
                            .map(node -> RedisServers.node(node.host(), node.port()))
                            .toList(),
                    null,
                    true,
                    0,
                    details.getUsername(),
                    details.getPassword(),
                    cluster.getSslBundle());
        }
        if (sentinel != null) {
            return new RedisServers(
                    sentinel.getNodes().stream()
                            .map(node -> RedisServers.node(node.host(), node.port()))
                            .toList(),
                    new Sentinel(sentinel.getMaster(), sentinel.getUsername(), sentinel.getPassword()),
                    false,
                    sentinel.getDatabase(),
                    details.getUsername(),
                    details.getPassword(),
                    sentinel.getSslBundle());
        }
        if (standalone == null) {
            throw new IllegalStateException(
                    "RedisConnectionDetails: neither standalone, Sentinel nor Cluster (expected: one of them)");
        }
        return new RedisServers(
                List.of(RedisServers.node(standalone.getHost(), standalone.getPort())),
                null,
                false,
                standalone.getDatabase(),
                details.getUsername(),
                details.getPassword(),
                standalone.getSslBundle());
    }
}
