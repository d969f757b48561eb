package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.auth0.jwt.JWTCreator;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.socket.client.IO;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roles, claims and principals of users. */
class RolesTest extends OneNode {

    private static final String SECRET_CLAIM = "do-not-log-me";

    private record Plan(String name, int seats) {}

    private record Account(long id) {}

    private static JWTCreator.Builder token(String userId) {
        return Tokens.claims(userId).withExpiresAt(Instant.now().plusSeconds(600));
    }

    private static String moderator(String userId) {
        return Tokens.sign(token(userId).withClaim("roles", List.of("moderator", "writer")));
    }

    private Client connect(String namespace, String token) {
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", token);
        return Client.connect(scarfall.userPort(), namespace, options);
    }

    @Test
    void anEventMayNeedARole() {
        scarfall = onFreePorts()
                .on(
                        "ban",
                        String.class,
                        (user, target) -> "banned " + target,
                        Identity.requireRole("moderator", "admin"))
                .onBlocking("unban", String.class, (user, target) -> "unbanned", Identity.requireRole("moderator"))
                .start();
        try (Client alice = connect("/", moderator("alice"));
                Client bob = Client.user(scarfall.userPort(), "bob");
                Client anonymous = Client.connect(scarfall.userPort()).joined()) {
            assertThat(alice.ask("ban", "'bob'").asText()).isEqualTo("banned bob");
            assertThat(alice.ask("unban", "'bob'").asText()).isEqualTo("unbanned");
            assertThat(bob.ask("ban", "'alice'"))
                    .isEqualTo(Client.parse(
                            "{'status':'error','error':'the user lacks the role for this','code':'forbidden'}"));
            assertThat(bob.ask("unban", "'alice'").at("/code").asText()).isEqualTo("forbidden");
            assertThat(anonymous.ask("ban", "'bob'").at("/code").asText()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void aRenewedTokenChangesTheRolesAtOnce() {
        scarfall = onFreePorts()
                .on("ban", (user, arguments) -> user.identity().roles(), Identity.requireRole("moderator"))
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("ban").at("/code").asText()).isEqualTo("forbidden");
            alice.ask("authenticate", "{'token':'" + moderator("alice") + "'}");
            assertThat(alice.ask("ban")).hasSize(2);
            alice.ask("authenticate", "{'token':'" + Tokens.of("alice") + "'}");
            assertThat(alice.ask("ban").at("/code").asText()).isEqualTo("forbidden");
        }
    }

    @Test
    void anAuthenticatedNamespaceMayNeedARole() {
        scarfall = onFreePorts()
                .authenticatedNamespace(
                        "/staff",
                        table -> table.guard(Identity.requireRole("moderator"))
                                .on(
                                        "identity",
                                        (socket, arguments) ->
                                                Identity.of(socket).userId())
                                .on("close", (socket, arguments) -> "closed")
                                .intercept("close", Identity.requireRole("admin")))
                .start();
        try (Client alice = connect("/staff", moderator("alice")).joined();
                Client bob = connect("/staff", Tokens.of("bob"))) {
            assertThat(alice.ask("identity").asText()).isEqualTo("alice");
            assertThat(alice.ask("close").at("/code").asText()).isEqualTo("forbidden");
            assertThat(bob.next("connect_error"))
                    .isEqualTo(Client.parse("{'message':'the user lacks the role for this',"
                            + "'data':{'code':'forbidden','retry':false}}"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "roles, false",
        "scope, true",
        "realm_access.roles, true",
        "https://example.com/roles, true",
        "scope.roles, false",
        "realm_access, false",
        "'', false"
    })
    void rolesMayBeInAnyClaim(String claim, boolean found) {
        scarfall = onFreePorts()
                .tokens(TokenConfig.DEFAULT.withRolesClaim(claim))
                .on("ban", (user, arguments) -> "banned", Identity.requireRole("moderator"))
                .start();
        String token = Tokens.sign(token("alice")
                .withClaim("roles", 7)
                .withClaim("scope", "writer  moderator")
                .withClaim("realm_access", Map.of("roles", List.of("moderator")))
                .withClaim("https://example.com/roles", List.of("moderator")));
        try (Client alice = connect("/", token)) {
            assertThat(alice.ask("ban").asText().equals("banned")).isEqualTo(found);
        }
    }

    @Test
    void onlyNamedClaimsAreKeptAndNoneIsLogged() {
        CompletableFuture<Identity> seen = new CompletableFuture<>();
        try (CapturedLog log = new CapturedLog("io.scarfall")) {
            scarfall = onFreePorts()
                    .tokens(TokenConfig.DEFAULT.withClaims("tenant", "plan", "limit", "absent"))
                    .on("identity", (user, arguments) -> {
                        seen.complete(user.identity());
                        throw new IllegalStateException("of " + user.identity());
                    })
                    .start();
            String token = Tokens.sign(token("alice")
                    .withClaim("tenant", SECRET_CLAIM)
                    .withClaim("limit", 12)
                    .withClaim("plan", Map.of("name", SECRET_CLAIM, "seats", 3))
                    .withClaim("other", "not kept"));
            try (Client alice = connect("/", token)) {
                alice.ask("identity");
                Identity identity = seen.join();
                assertThat(identity.claims()).containsOnlyKeys("tenant", "plan", "limit");
                assertThat(identity.claim("tenant", String.class)).isEqualTo(SECRET_CLAIM);
                assertThat(identity.claim("limit", Integer.class)).isEqualTo(12);
                assertThat(identity.claim("limit", Long.class)).isEqualTo(12);
                assertThat(identity.claim("plan", Plan.class)).isEqualTo(new Plan(SECRET_CLAIM, 3));
                assertThat(identity.claim("absent", String.class)).isNull();
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> identity.claim("tenant", Integer.class))
                        .withMessage("claim tenant: does not fit (expected: java.lang.Integer)")
                        .withNoCause();
                assertThat(identity).hasToString("Identity[alice]");
            }
            assertThat(log.text()).contains("of Identity[alice]").doesNotContain(SECRET_CLAIM);
        }
    }

    @Test
    void aVerifierOfTheApplicationMayAttachAPrincipal() {
        scarfall = Scarfall.builder()
                .port(0)
                .internalPort(0)
                .tokenVerifier(token -> CompletableFuture.completedFuture(new Identity(token, null, null, Instant.MAX)
                        .withPrincipal(new Account(42))
                        .withRoles(List.of("admin"))))
                .on(
                        "account",
                        (user, arguments) ->
                                user.identity().principal(Account.class).id(),
                        Identity.requireRole("admin"))
                .start();
        try (Client alice = connect("/", "alice")) {
            assertThat(alice.ask("account").asLong()).isEqualTo(42);
        }
        Identity without = new Identity("alice", null, null, Instant.MAX);
        assertThatIllegalStateException()
                .isThrownBy(() -> without.principal(Account.class))
                .withMessageStartingWith("principal: none (expected: ");
    }
}
