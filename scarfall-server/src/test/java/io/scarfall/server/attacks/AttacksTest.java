package io.scarfall.server.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.server.Main;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks a server process that has a small heap and the packaged JVM flags: with 300 connections that never finish what they
 * send, and with 100 users that never read. The system property {@code scarfall.attacks.seconds} sets the duration of each
 * attack.
 */
@Tag("attacks")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AttacksTest {

    private static final int SECONDS = Integer.getInteger("scarfall.attacks.seconds", 15);
    private static final int UNAUTHENTICATED = 300;
    private static final int AUTHENTICATED = 100;
    private static final String SECRET = "Vt5Xq2Lm8Rw4Zk7Pn1Yd6Hs3Jc9Gf0Bu";
    private static final long LONGEST_ROUND_TRIP_MILLIS = 1_000;

    /**
     * By how much resident memory may grow. The heap is resident from the start, so this bounds memory outside it. Before the
     * server had bounds, it grew by about 280 MB within seconds.
     */
    private static final long NOISE_MEGABYTES = 100;

    private static final int MESSAGE_BYTES = 900_000;

    /** Half of the users: a message to all of them stays within MAX_FAN_OUT_BYTES. */
    private static final int RECIPIENTS = 50;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SPARE_DESCRIPTORS = 4;
    private static final Pattern HELD = Pattern.compile("(?m)^scarfall_held_bytes (\\S+)");

    @TempDir
    private Path folder;

    private @Nullable JavaProcess process;
    private final HttpClient plain = HttpClient.newHttpClient();
    private HttpClient http = plain;
    private @Nullable SslContext tls;
    private int userPort;
    private int internalPort;

    @AfterEach
    void stop() {
        if (process != null) {
            process.close();
        }
    }

    private void start(Map<String, String> settings) {
        JavaProcess.Builder builder = JavaProcess.ofMain(Main.class)
                .jvmArguments(
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:MaxMetaspaceSize=96m",
                        "-XX:ReservedCodeCacheSize=64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dlogback.configurationFile=logback.xml") // not the tests' own
                .environment("JWT_SECRET", SECRET)
                .environment("HOST", "127.0.0.1")
                .environment("PORT", "0")
                .environment("INTERNAL_PORT", "0")
                .environment("LOG_DIR", folder.resolve("logs").toString());
        settings.forEach(builder::environment);
        JavaProcess started = builder.start();
        process = started;
        MatchResult ports =
                started.awaitLine("gateway started .*users=\\S+:(\\d+) services=\\S+:(\\d+)", Duration.ofSeconds(90));
        started.awaitLine("ready mode=");
        userPort = Integer.parseInt(ports.group(1));
        internalPort = Integer.parseInt(ports.group(2));
    }

    private JavaProcess server() {
        JavaProcess running = process;
        assertThat(running).isNotNull();
        return running;
    }

    private static String token(String user) {
        return JWT.create()
                .withSubject(user)
                .withExpiresAt(Instant.now().plusSeconds(3600))
                .sign(Algorithm.HMAC256(SECRET));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NEVER_READ")
    void unfinishedInputDoesNotAffectOthers(Way way) throws Exception {
        start(Map.of());
        attack(way.toString(), UNAUTHENTICATED, List.of(way), false);
    }

    @Test
    void allUnfinishedInputsAtOnceDoNotAffectOthers() throws Exception {
        start(Map.of());
        attack("MIXED", UNAUTHENTICATED, unfinished(), false);
    }

    @Test
    void allUnfinishedInputsAtOnceOverTlsDoNotAffectOthers() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("cert.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        start(Map.of("TLS_CERT", certificate.toString(), "TLS_KEY", key.toString()));
        tls = SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        http = trusting(bundle);
        attack("MIXED_TLS", UNAUTHENTICATED, unfinished(), false);
    }

    private static HttpClient trusting(X509Bundle bundle) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("server", bundle.getCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static List<Way> unfinished() {
        return Stream.of(Way.values()).filter(way -> way != Way.NEVER_READ).toList();
    }

    @Test
    void usersThatNeverReadDoNotAffectOthers() throws Exception {
        start(Map.of());
        attack("NEVER_READ", AUTHENTICATED, List.of(Way.NEVER_READ), true);
    }

    private void attack(String name, int count, List<Way> ways, boolean sends) throws Exception {
        long pid = server().pid();
        List<Long> resident = new ArrayList<>();
        List<Long> roundTrips = new ArrayList<>();
        List<Integer> health = new ArrayList<>();
        String host = (tls == null ? "ws" : "wss") + "://localhost:" + userPort;
        long descriptors;
        try (Bystander user = new Bystander(http, host, "40{\"token\":\"" + token("bystander") + "\"}");
                Bystander service = new Bystander(plain, "ws://127.0.0.1:" + internalPort, "40")) {
            for (int i = 0; i < 200; i++) { // warm-up: the JIT must not count as an effect of the attack
                user.ask("[\"ping\"]");
            }
            assertThat(health()).isEqualTo(200);
            descriptors = descriptors(pid);
            String[] tokens = IntStream.range(0, count)
                    .mapToObj(i -> sends ? token("user-" + i) : "")
                    .toArray(String[]::new);
            try (Stalls stalls = new Stalls();
                    Attackers attackers = new Attackers(count, userPort, tls, ways, i -> tokens[i])) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                for (int round = 0; System.nanoTime() < end && server().isAlive(); round++) {
                    stalls.reset();
                    long start = System.nanoTime();
                    user.ask("[\"ping\"]");
                    long took = System.nanoTime() - start;
                    roundTrips.add(TimeUnit.NANOSECONDS.toMillis(took - stalls.longestNanos()));
                    resident.add(residentMegabytes(pid));
                    if (sends && round % 2 == 0) {
                        service.ask(message(round / 2));
                    }
                    if (round % 10 == 0) {
                        health.add(health());
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                System.out.printf(
                        "%s: %s, round trips at most %d ms, resident %d to %d MB%n",
                        name,
                        attackers.summary(),
                        roundTrips.stream().mapToLong(one -> one).max().orElse(-1),
                        resident.stream().mapToLong(one -> one).min().orElse(-1),
                        resident.stream().mapToLong(one -> one).max().orElse(-1));
            }
            assertThat(server().isAlive()).as("the server runs").isTrue();
            assertThat(String.join("\n", server().lines())).doesNotContain("OutOfMemoryError");
            assertThat(health).containsOnly(200);
            assertThat(roundTrips.stream().filter(millis -> millis > LONGEST_ROUND_TRIP_MILLIS))
                    .as("round trips above the limit, without stalls of the machine, ms")
                    .isEmpty();
            int third = resident.size() / 3;
            assertThat(median(resident.subList(2 * third, resident.size())))
                    .as("median resident memory of the last third, compared with the first third, MB")
                    .isLessThanOrEqualTo(median(resident.subList(0, third)) + NOISE_MEGABYTES);
            Await.until("the server to hold no input", () -> heldBytes() == 0);
            Await.until("file descriptors to be closed", () -> descriptors(pid) <= descriptors + SPARE_DESCRIPTORS);
            user.ask("[\"ping\"]");
        }
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String message(int half) {
        String recipients = IntStream.range(0, RECIPIENTS)
                .mapToObj(i -> "\"user-" + (half % 2 * RECIPIENTS + i) + "\"")
                .collect(Collectors.joining(","));
        return "[\"send_message\",{\"recipientIds\":[" + recipients + "],\"message\":\"" + "x".repeat(MESSAGE_BYTES)
                + "\"}]";
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + internalPort + path);
        return plain.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    private int health() throws IOException, InterruptedException {
        return get("/healthz").statusCode();
    }

    private double heldBytes() throws IOException, InterruptedException {
        Matcher held = HELD.matcher(get("/metrics").body());
        assertThat(held.find()).isTrue();
        return Double.parseDouble(held.group(1));
    }

    private static long residentMegabytes(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(-1);
        }
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }
}
