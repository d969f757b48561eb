package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenRefusedException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When keys are fetched, and how long they are valid. The test controls the time and the endpoint. */
class JwksKeysTest {
    private static final Issuer OLD = Issuer.of(JwtAlgorithm.ES256);
    private static final Issuer NEW = Issuer.of(JwtAlgorithm.ES256);
    private static final JwksConfig CONFIG =
            JwksConfig.of(URI.create("https://issuer.example/keys"), JwtAlgorithm.ES256);

    private final List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000; // times may overflow, because they are only compared
    private boolean closed;
    private final JwksKeys keys = new JwksKeys(CONFIG, this::fetch, () -> closed = true, () -> nanos);
    private final CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.auth");

    @BeforeEach
    void fetchesAtTheStart() {
        assertThat(fetches).hasSize(1);
    }

    @AfterEach
    void stopCapturing() {
        log.close();
    }

    private CompletionStage<byte[]> fetch() {
        CompletableFuture<byte[]> fetch = new CompletableFuture<>();
        fetches.add(fetch);
        return fetch;
    }

    private void advance(Duration time) {
        nanos += time.toNanos();
    }

    /** The endpoint answers the latest fetch. */
    private void answer(String... jwks) {
        answerText("{'keys':[" + String.join(",", jwks) + "]}");
    }

    private void answerText(String json) {
        fetches.get(fetches.size() - 1).complete(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private void fail() {
        fetches.get(fetches.size() - 1).completeExceptionally(new IOException("status 503"));
    }

    private static String jwk(Issuer issuer, String kid) {
        return issuer.jwk("'kid':'" + kid + "','alg':'ES256','use':'sig',");
    }

    private CompletableFuture<List<VerificationKey>> ask(@Nullable String kid) {
        return keys.candidates(new TokenHeader("ES256", kid)).toCompletableFuture();
    }

    private static void assertUnavailable(CompletableFuture<?> asked) {
        assertThat(asked).isCompletedExceptionally();
        TokenRefusedException refused = (TokenRefusedException)
                asked.handle((keys, e) -> e instanceof java.util.concurrent.CompletionException ? e.getCause() : e)
                        .join();
        assertThat(refused.code()).isEqualTo(TokenRefusedException.UNAVAILABLE);
        assertThat(refused.retry()).isTrue();
    }

    @Test
    void tokensBeforeTheFirstFetchWaitForTheKeys() {
        CompletableFuture<List<VerificationKey>> known = ask("old");
        CompletableFuture<List<VerificationKey>> unknown = ask("other");
        assertThat(known).isNotDone();

        answer(jwk(OLD, "old"));

        assertThat(known.join()).hasSize(1);
        assertThat(unknown.join()).isEmpty();
        assertThat(ask("old").join()).hasSize(1);
        assertThat(fetches).hasSize(1);
    }

    @Test
    void anAlgorithmThatIsNotConfiguredCausesNoFetch() {
        answer(jwk(OLD, "old"));
        advance(Duration.ofHours(1));

        for (String other : List.of("RS256", "HS256", "none", "EdDSA")) {
            assertThat(keys.candidates(new TokenHeader(other, "old"))
                            .toCompletableFuture()
                            .join())
                    .isEmpty();
        }
        assertThat(fetches).hasSize(1);
    }

    @Test
    void aNewKeyIsFoundAndARemovedKeyStaysValidForATime() {
        answer(jwk(OLD, "old"));
        advance(Duration.ofSeconds(31));

        CompletableFuture<List<VerificationKey>> found = ask("new");
        assertThat(ask("old").join()).as("tokens with known keys do not wait").hasSize(1);
        answer(jwk(NEW, "new"));

        assertThat(found.join()).hasSize(1);
        log.expect("keys are missing");
        advance(CONFIG.keep().minusSeconds(1));
        CompletableFuture<List<VerificationKey>> kept = ask("old");
        answer(jwk(NEW, "new"));
        assertThat(kept.join()).hasSize(1);
        advance(Duration.ofSeconds(1));
        assertUnavailable(ask("old")); // this needs no answer
        assertThat(ask("new").join()).hasSize(1);
        advance(Duration.ofSeconds(31));
        CompletableFuture<List<VerificationKey>> gone = ask("old");
        answer(jwk(NEW, "new"));
        assertThat(gone.join()).isEmpty();
    }

    @Test
    void anEmptyAnswerKeepsKeysUntilTheyExpire() {
        answer(jwk(OLD, "old"), jwk(NEW, "new"));
        advance(Duration.ofMinutes(5));
        CompletableFuture<List<VerificationKey>> asked = ask("old");
        answer();
        assertThat(asked.join()).hasSize(1);
        log.expect("no usable key");
        assertThat(ask("new").join()).hasSize(1);

        // it fetches again at the configured rate, and a returned key is valid as before
        advance(Duration.ofSeconds(30));
        int before = fetches.size();
        assertThat(ask("old").join()).hasSize(1);
        assertThat(fetches).hasSize(before + 1);
        answer(jwk(OLD, "old"), jwk(NEW, "new"));
        advance(CONFIG.keep());
        CompletableFuture<List<VerificationKey>> later = ask("new");
        answer(jwk(OLD, "old"), jwk(NEW, "new"));
        assertThat(later.join()).hasSize(1);
    }

    @Test
    void anIncompleteAnswerKeepsTheTimeOfEachKey() {
        answer(jwk(OLD, "a"), jwk(OLD, "b"));
        advance(Duration.ofMinutes(5));
        ask("a");
        answer(jwk(OLD, "a"));
        log.expect("keys are missing");
        advance(Duration.ofMinutes(5));
        ask("a");
        answer();
        log.expect("no usable key");

        assertThat(ask("a").join()).hasSize(1);
        assertThat(ask("b").join()).hasSize(1);
        advance(Duration.ofMinutes(5).minusSeconds(1)); // "b" is missing for 9:59, "a" for 4:59
        assertThat(ask("b").join()).hasSize(1);
        fail();
        log.expect("keys not fetched");
        advance(Duration.ofSeconds(1));
        CompletableFuture<List<VerificationKey>> gone = ask("b");
        answer();
        log.expect("no usable key");
        assertThat(gone.join()).isEmpty();
        assertThat(ask("a").join()).hasSize(1);
    }

    @Test
    void aReplacedKeyStaysValidNextToTheNewKeyOfTheSameId() {
        answer(jwk(OLD, "a"));
        advance(Duration.ofMinutes(5));
        CompletableFuture<List<VerificationKey>> both = ask("a");
        answer(jwk(NEW, "a"));
        log.expect("keys are missing");

        assertThat(both.join()).hasSize(2);
        advance(CONFIG.keep());
        CompletableFuture<List<VerificationKey>> one = ask("a");
        answer(jwk(NEW, "a"));
        assertThat(one.join()).hasSize(1);
    }

    @Test
    void aKeyThatIsListedTwiceCountsOnce() {
        answer(jwk(OLD, "a"), jwk(OLD, "a"), jwk(NEW, "b"), jwk(OLD, "a"));

        assertThat(ask("a").join()).hasSize(1);
        assertThat(ask(null).join()).hasSize(2);
    }

    @Test
    void aKeyForAnotherUseIsIgnored() {
        answer(jwk(OLD, "a"));
        advance(Duration.ofMinutes(5));
        CompletableFuture<List<VerificationKey>> asked = ask("a");
        answer(OLD.jwk("'kid':'a','alg':'ES256','use':'enc',"));
        log.expect("no usable key");
        assertThat(asked.join()).hasSize(1);
        advance(CONFIG.keep());
        CompletableFuture<List<VerificationKey>> gone = ask("a");
        answer(OLD.jwk("'kid':'a','alg':'ES256','use':'enc',"));
        log.expect("no usable key");
        assertThat(gone.join()).isEmpty();
    }

    @Test
    void withAKeepOfZeroAKeyIsDroppedAtOnce() {
        JwksKeys strict = new JwksKeys(CONFIG.withKeep(Duration.ZERO), this::fetch, () -> {}, () -> nanos);
        answer(jwk(OLD, "old"));
        advance(Duration.ofMinutes(6));
        CompletableFuture<List<VerificationKey>> asked =
                strict.candidates(new TokenHeader("ES256", "old")).toCompletableFuture();
        answer(jwk(NEW, "new"));
        log.expect("keys are missing");
        assertThat(asked.join()).isEmpty();
    }

    @Test
    void unknownKidsCauseOneFetchInThirtySeconds() {
        answer(jwk(OLD, "old"));

        for (int second = 0; second < 300; second++) { // for five minutes
            for (int i = 0; i < 100; i++) {
                CompletableFuture<List<VerificationKey>> asked = ask("unknown" + i);
                if (asked.isDone()) {
                    assertUnavailable(asked);
                }
            }
            if (!fetches.get(fetches.size() - 1).isDone()) {
                answer(jwk(OLD, "old"));
            }
            assertThat(ask("old").join()).hasSize(1);
            advance(Duration.ofSeconds(1));
        }
        assertThat(fetches).hasSize(10);
    }

    @Test
    void keysAreFetchedAgainBeforeTheyExpire() {
        assertThat(keys.ageSeconds()).isNaN();
        answer(jwk(OLD, "old"));
        assertThat(keys.ageSeconds()).isZero();
        advance(Duration.ofSeconds(239));
        assertThat(keys.ageSeconds()).isEqualTo(239);
        ask("old").join();
        assertThat(fetches).hasSize(1);

        advance(Duration.ofSeconds(1));
        assertThat(ask("old").join()).hasSize(1);
        assertThat(fetches).hasSize(2);
        ask("old").join();
        assertThat(fetches).hasSize(2);
    }

    @Test
    void missingKeysStayValidForTheKeepWhileTheEndpointAnswers() {
        answer(jwk(OLD, "old"));
        advance(Duration.ofMinutes(5));

        CompletableFuture<List<VerificationKey>> asked = ask("old");
        assertThat(asked).isNotDone();
        answer(jwk(NEW, "new"));

        log.expect("keys are missing");
        assertThat(asked.join()).hasSize(1);
        advance(CONFIG.keep());
        CompletableFuture<List<VerificationKey>> gone = ask("old");
        answer(jwk(NEW, "new"));
        assertThat(gone.join()).isEmpty();
    }

    @Test
    void keysStayValidForADayWhileTheEndpointIsDown() {
        answer(jwk(OLD, "old"));
        for (int i = 0; i < 23; i++) {
            advance(Duration.ofHours(1));
            CompletableFuture<List<VerificationKey>> asked = ask("old");
            fail();
            assertThat(asked.join()).hasSize(1);
            assertUnavailable(ask("new"));
            log.expect("keys not fetched");
        }
        advance(Duration.ofHours(1));
        CompletableFuture<List<VerificationKey>> asked = ask("old");
        fail();
        assertUnavailable(asked);
        log.expect("keys not fetched");
    }

    @Test
    void anAnswerThatIsNoKeySetChangesNothing() {
        answer(jwk(OLD, "old"));
        for (String garbage :
                List.of("", "x", "{", "[]", "{}", "null", "{'keys':{}}", "{'keys':null}", "[".repeat(9_999))) {
            advance(Duration.ofHours(1).dividedBy(2));
            CompletableFuture<List<VerificationKey>> asked = ask("old");
            answerText(garbage);
            assertThat(asked.join()).hasSize(1);
            log.expect("keys not fetched");
        }
    }

    @Test
    void anEmptyKeySetAtTheStartMeansNoValidKeys() {
        CompletableFuture<List<VerificationKey>> asked = ask("old");
        answer();

        assertThat(asked.join()).isEmpty();
        log.expect("no usable key");
    }

    @Test
    void fetchesFromADeadEndpointBackOff() {
        fail();
        log.expect("keys not fetched");
        List<Integer> seconds = new ArrayList<>();
        for (int second = 0; second < 120; second++) {
            int before = fetches.size();
            CompletableFuture<List<VerificationKey>> asked = ask("old");
            if (fetches.size() > before) {
                seconds.add(second);
                fail();
                log.expect("keys not fetched");
            }
            assertUnavailable(asked);
            advance(Duration.ofSeconds(1));
        }
        assertThat(seconds).containsExactly(1, 3, 7, 15, 31, 61, 91);
        answersAgain();
    }

    private void answersAgain() {
        advance(Duration.ofSeconds(30));
        CompletableFuture<List<VerificationKey>> asked = ask("old");
        answer(jwk(OLD, "old"));
        assertThat(asked.join()).hasSize(1);
    }

    @Test
    void theNumberOfWaitingTokensIsBounded() {
        List<CompletableFuture<List<VerificationKey>>> waiting = new ArrayList<>();
        for (int i = 0; i < JwksKeys.MAX_WAITING; i++) {
            waiting.add(ask("old"));
        }
        assertUnavailable(ask("old"));
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        answer(jwk(OLD, "old"));
        assertThat(waiting).allSatisfy(asked -> assertThat(asked.join()).hasSize(1));

        advance(Duration.ofSeconds(30));
        assertThat(ask("new")).as("there is room again").isNotDone();
    }

    @Test
    void aTokenWithoutKidIsTriedWithAFewKeys() {
        answer(jwk(OLD, "1"), jwk(OLD, "2"), jwk(OLD, "3"), jwk(OLD, "4"), jwk(NEW, "5"));

        assertThat(ask(null).join()).hasSize(KeySource.MAX_CANDIDATES);
        assertThat(ask("5").join()).hasSize(1);
    }

    @Test
    void closingEndsFetching() {
        fail();
        log.expect("keys not fetched");
        advance(Duration.ofMinutes(1));
        keys.close();

        assertThat(closed).isTrue();
        assertUnavailable(ask("old"));
        assertThat(fetches).hasSize(1);
    }
}
