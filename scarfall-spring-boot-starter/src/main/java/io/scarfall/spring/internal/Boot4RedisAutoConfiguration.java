package io.scarfall.spring.internal;

import io.scarfall.spring.internal.RedisServers.Sentinel;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;

/** The Redis of the application in Spring Boot 4. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(DataRedisConnectionDetails.class)
@ConditionalOnBean(DataRedisConnectionDetails.class)
public class Boot4RedisAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RedisServers scarfallRedisServers(DataRedisConnectionDetails details) {
        DataRedisConnectionDetails.Cluster cluster = details.getCluster();
        DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        DataRedisConnectionDetails.Standalone standalone = details.getStandalone();
        SslBundle ssl = details.getSslBundle();
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
                    ssl);
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
                    ssl);
        }
        if (standalone == null) {
            throw new IllegalStateException(
                    "DataRedisConnectionDetails: neither standalone, Sentinel nor Cluster (expected: one of them)");
        }
        return new RedisServers(
                List.of(RedisServers.node(standalone.getHost(), standalone.getPort())),
                null,
                false,
                standalone.getDatabase(),
                details.getUsername(),
                details.getPassword(),
                ssl);
    }
}
