package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisSentinels;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Connecting to Redis: by TLS, with user and password, through Sentinels with a password of their own. */
class RedisAccessTest {

    private static final String PASSWORD = "correct horse";
    private static final String OF_SENTINELS = "battery staple";

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(RedisConnections.class);
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void close() throws Exception {
        log.detachAppender(logged);
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void usesTlsToAServerWithATrustedCertificate() throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        RedisServer redis =
                opened(RedisServer.builder().tls(certificate).password(PASSWORD).start());
        RedisState cluster = build(builder(redis.uri()).tlsCa(certificate.certificate()));
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        await(cluster.bus().listen(node, bytes -> received.add(new String(bytes, StandardCharsets.UTF_8))));
        assertThat(await(cluster.bus().send(node, "hello".getBytes(StandardCharsets.UTF_8))))
                .isTrue();
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");

        redis.restart();
        Await.until("connected again", () -> answers(cluster));
    }

    @Test
    void aServerWithAnUntrustedCertificateIsRefused() throws Exception {
        RedisServer redis = opened(RedisServer.builder()
                .tls(TestCertificate.in(folder.resolve("theirs")))
                .start());
        TestCertificate another = TestCertificate.in(folder.resolve("another"));
        refuses(build(builder(redis.uri())), "certification path");
        refuses(build(builder(redis.uri()).tlsCa(another.certificate())), "Signature does not match");
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        TestCertificate elsewhere = TestCertificate.in(folder, "dns:elsewhere.example");
        RedisServer redis = opened(RedisServer.builder().tls(elsewhere).start());
        refuses(build(builder(redis.uri()).tlsCa(elsewhere.certificate())), "127.0.0.1");
        refuses(build(builder(redis.uri() + "?verifyPeer=NONE").tlsCa(elsewhere.certificate())), "127.0.0.1");
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws Exception {
        Path none = Files.writeString(folder.resolve("none.pem"), "");
        Path odd = Files.writeString(
                folder.resolve("odd.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        RedisPresenceCluster.Builder builder = builder("rediss://127.0.0.1:1");
        assertThatThrownBy(() -> builder.tlsCa(folder.resolve("missing.pem")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("tlsCa: .*missing.pem cannot be read \\(expected: .*");
        assertThatThrownBy(() -> builder.tlsCa(none)).hasMessageMatching("tlsCa: .* has no certificate \\(.*");
        assertThatThrownBy(() -> builder.tlsCa(odd)).hasMessageMatching("tlsCa: .* is malformed \\(.*");
    }

    @Test
    void userAndPasswordMayBeInTheAddressOrSeparate() {
        RedisServer redis = opened(RedisServer.builder()
                .user("presence", PASSWORD, "~scarfall:*", "~friends:*", "&scarfall:*", "+@all", "-@dangerous", "+info")
                .start());
        String at = "127.0.0.1:" + redis.port();
        await(build(builder("redis://presence:correct%20horse@" + at)).connected());
        await(build(builder("redis://:correct%20horse@" + at).username("presence"))
                .connected());
        await(build(builder("redis://presence:correct%20horse@" + at)
                        .username("another")
                        .password("another"))
                .connected());
        await(build(builder("redis://" + at).username("presence").password(PASSWORD))
                .connected());
    }

    @Test
    void aWrongPasswordIsLoggedOnceAndRetriedUntilItIsRight() {
        RedisServer redis = opened(RedisServer.builder().password("another").start());
        RedisState cluster = build(builder("redis://:correct%20horse@127.0.0.1:" + redis.port()));
        Await.until("a warning", () -> !warnings().isEmpty());
        assertThat(failure(cluster.presence().count())).hasMessageNotContaining(PASSWORD);
        redis.command("CONFIG", "SET", "requirepass", PASSWORD);
        await(cluster.connected());
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("authentication refused")
                .contains("WRONGPASS")
                .doesNotContain(PASSWORD);
    }

    @Test
    void sentinelsMayHaveAPasswordOfTheirOwn() {
        RedisSentinels servers = opened(RedisSentinels.start(PASSWORD, OF_SENTINELS));
        RedisState cluster = build(builder(servers.uri()).sentinelPassword(OF_SENTINELS));
        await(cluster.connected());
        assertThat(await(cluster.presence().count())).isZero();
        assertThat(warnings()).isEmpty();
        refuses(build(builder(servers.uri()).sentinelPassword("another")), "WRONGPASS");
    }

    // ----

    private void refuses(RedisState cluster, String why) {
        Await.until("a warning with " + why, () -> warnings().stream().anyMatch(line -> line.contains(why)));
        assertThat(failure(cluster.presence().count())).isNotNull();
        assertThat(cluster.connected().toCompletableFuture()).isNotDone();
        logged.list.clear();
    }

    private List<String> warnings() {
        return List.copyOf(logged.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("not connected"))
                .toList();
    }

    private static boolean answers(RedisState cluster) {
        return cluster.presence()
                .count()
                .handle((count, failure) -> failure == null)
                .toCompletableFuture()
                .join();
    }

    private static RedisPresenceCluster.Builder builder(String address) {
        return RedisPresenceCluster.builder().address(address);
    }

    private RedisState build(RedisPresenceCluster.Builder builder) {
        return opened(builder.buildState());
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }
}
