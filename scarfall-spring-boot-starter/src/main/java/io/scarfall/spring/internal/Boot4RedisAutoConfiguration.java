package io.scarfall.spring.internal;

import io.scarfall.spring.internal.RedisServers.Access;
import io.scarfall.spring.internal.RedisServers.Sentinel;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The Redis of the application in Spring Boot 4. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(DataRedisConnectionDetails.class)
@ConditionalOnBean(DataRedisConnectionDetails.class)
public class Boot4RedisAutoConfiguration {

    @Bean
    @Lazy // an application whose gateway is off, or in memory, may have any Redis
    @ConditionalOnMissingBean
    RedisServers scarfallRedisServers(DataRedisConnectionDetails details) {
        DataRedisConnectionDetails.Cluster cluster = details.getCluster();
        DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        DataRedisConnectionDetails.Standalone standalone = details.getStandalone();
        Access access = new Access(details.getUsername(), details.getPassword(), details.getSslBundle());
        if (cluster != null) {
            return RedisServers.cluster(nodes(cluster.getNodes()), access);
        }
        if (sentinel != null) {
            Sentinel login = new Sentinel(sentinel.getMaster(), sentinel.getUsername(), sentinel.getPassword());
            return RedisServers.sentinels(nodes(sentinel.getNodes()), login, sentinel.getDatabase(), access);
        }
        if (standalone == null) {
            throw new IllegalStateException(
                    "DataRedisConnectionDetails: neither standalone, Sentinel nor Cluster (expected: one of them)");
        }
        return RedisServers.standalone(
                RedisServers.node(standalone.getHost(), standalone.getPort()), standalone.getDatabase(), access);
    }

    private static List<String> nodes(List<DataRedisConnectionDetails.Node> nodes) {
        return nodes.stream()
                .map(node -> RedisServers.node(node.host(), node.port()))
                .toList();
    }
}
