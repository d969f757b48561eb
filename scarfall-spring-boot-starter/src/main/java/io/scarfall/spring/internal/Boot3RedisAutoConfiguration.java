package io.scarfall.spring.internal;

import io.scarfall.spring.internal.RedisServers.Access;
import io.scarfall.spring.internal.RedisServers.Sentinel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The Redis of the application in Spring Boot 3.5. */
@AutoConfiguration(afterName = "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration")
@ConditionalOnClass(RedisConnectionDetails.class)
@ConditionalOnBean(RedisConnectionDetails.class)
public class Boot3RedisAutoConfiguration {

    @Bean
    @Lazy // an application whose gateway is off, or in memory, may have any Redis
    @ConditionalOnMissingBean
    RedisServers scarfallRedisServers(RedisConnectionDetails details) {
        RedisConnectionDetails.Cluster cluster = details.getCluster();
        RedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        RedisConnectionDetails.Standalone standalone = details.getStandalone();
        if (cluster != null) {
            return RedisServers.cluster(nodes(cluster.getNodes()), access(details, cluster.getSslBundle()));
        }
        if (sentinel != null) {
            Sentinel login = new Sentinel(sentinel.getMaster(), sentinel.getUsername(), sentinel.getPassword());
            return RedisServers.sentinels(
                    nodes(sentinel.getNodes()),
                    login,
                    sentinel.getDatabase(),
                    access(details, sentinel.getSslBundle()));
        }
        if (standalone == null) {
            throw new IllegalStateException(
                    "RedisConnectionDetails: neither standalone, Sentinel nor Cluster (expected: one of them)");
        }
        return RedisServers.standalone(
                RedisServers.node(standalone.getHost(), standalone.getPort()),
                standalone.getDatabase(),
                access(details, standalone.getSslBundle()));
    }

    private static Access access(RedisConnectionDetails details, @Nullable SslBundle ssl) {
        return new Access(details.getUsername(), details.getPassword(), ssl);
    }

    private static List<String> nodes(List<RedisConnectionDetails.Node> nodes) {
        return nodes.stream()
                .map(node -> RedisServers.node(node.host(), node.port()))
                .toList();
    }
}
