package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Presence;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisSentinels;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** The gateway connects to each kind of Redis that {@code spring.data.redis.*} can describe. */
@Tag("slow")
class RedisServersTest {

    private static final String PASSWORD = "for tests only";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    /** Starts an application, and shows that the gateway keeps a user in this Redis. */
    private static void connects(String... redis) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "scarfall.port=0",
                        "scarfall.internal-port=0",
                        "scarfall.drain.grace=0s",
                        "scarfall.jwt.secret=" + Device.SECRET,
                        "spring.main.banner-mode=off")
                .properties(redis)
                .run()) {
            Scarfall scarfall = context.getBean(Scarfall.class);
            Await.until("a healthy node", scarfall::isHealthy);
            try (Device alice = Device.connect(scarfall.userPort(), "alice")) {
                assertThat(alice.ask("ping")).contains("timestamp");
                Presence presence = context.getBean(Presence.class);
                Await.until(
                        "alice to be online",
                        () -> Await.answer(presence.status("alice")).online());
            }
        }
    }

    private static String addresses(List<RedisServer> servers) {
        return servers.stream()
                .map(server -> server.host() + ":" + server.port())
                .collect(Collectors.joining(","));
    }

    @Test
    void aServerWithAUserOverTls(@TempDir Path folder) {
        TestCertificate certificate = TestCertificate.in(folder);
        try (RedisServer server =
                RedisServer.builder().tls(certificate).user("shop", PASSWORD).start()) {
            connects(
                    "spring.data.redis.host=" + server.host(),
                    "spring.data.redis.port=" + server.port(),
                    "spring.data.redis.username=shop",
                    "spring.data.redis.password=" + PASSWORD,
                    "spring.data.redis.ssl.bundle=redis",
                    "spring.ssl.bundle.pem.redis.truststore.certificate=file:" + certificate.certificate());
            assertThat((List<?>) server.command("KEYS", "scarfall:*")).isNotEmpty();
        }
    }

    @Test
    void sentinelsAndServersWithPasswords() {
        try (RedisSentinels sentinels = RedisSentinels.start(PASSWORD, "of the Sentinels")) {
            connects(
                    "spring.data.redis.sentinel.master=" + RedisSentinels.MASTER_NAME,
                    "spring.data.redis.sentinel.nodes=" + addresses(sentinels.sentinels()),
                    "spring.data.redis.sentinel.password=of the Sentinels",
                    "spring.data.redis.password=" + PASSWORD);
            assertThat((List<?>) sentinels.master().command("KEYS", "scarfall:*"))
                    .isNotEmpty();
        }
    }

    @Test
    void aCluster() {
        try (RedisClusterServers cluster = RedisClusterServers.start()) {
            connects("spring.data.redis.cluster.nodes=" + addresses(cluster.masters()));
            assertThat(cluster.masters())
                    .anySatisfy(master -> assertThat((List<?>) master.command("KEYS", "scarfall:*"))
                            .isNotEmpty());
        }
    }
}
