package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.UserCall;
import io.scarfall.gateway.UserListener.Change;
import io.scarfall.socketio.DisconnectReason;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.packet.Arguments;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.io.IOException;
import java.security.Principal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.http.MediaType;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Methods of controllers, called by the official client. */
class ControllersTest {

    record Item(@NotBlank String name, @Min(1) int count) {}

    record Order(@NotEmpty List<@Valid Item> items) {}

    /** Needs the modules that Spring Boot registers: dates as texts, and missing optional values. */
    record Slot(LocalDate day, Optional<String> note) {}

    static final class SoldOutException extends IOException {

        private static final long serialVersionUID = 1;

        SoldOutException(String message) {
            super(message);
        }
    }

    static final class StockException extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    @ScarfallController
    static class Shop {

        private final Messages messages;

        /** A part of the gateway that has the events of this bean. */
        Shop(Messages messages) {
            this.messages = messages;
        }

        @OnEvent("order")
        Map<String, Object> order(@Valid Order order, Identity user) {
            return Map.of("by", user.userId(), "items", order.items().size());
        }

        @OnEvent("items")
        int items(@Valid List<Item> items) {
            return items.size();
        }

        @OnEvent("rename")
        String rename(
                Identity user, @NotBlank String name, Optional<@Min(1) Integer> size, @Valid Optional<Item> item) {
            return name;
        }

        @OnEvent("two")
        String two(UserCall call, String first, Optional<Integer> second, Arguments all) {
            return call.identity().userId() + " " + first + " " + second.orElse(-1) + " " + all.size();
        }

        @OnEvent("deliver")
        Slot deliver(List<Slot> slots, int index) {
            return slots.get(index);
        }

        @OnEvent("stage")
        CompletionStage<String> stage() {
            return CompletableFuture.supplyAsync(() -> "later");
        }

        @OnEvent("mono")
        Mono<String> mono(String text) {
            return text.equals("fail") ? Mono.error(new SoldOutException(text)) : Mono.just(text);
        }

        @OnEvent("flux")
        Flux<Integer> flux() {
            return Flux.just(1, 2, 3);
        }

        @OnEvent("nothing")
        void nothing() {}

        @OnEvent("tell")
        CompletionStage<Boolean> tell(String user, String text) {
            return messages.sendMessage(List.of(user), text, null).thenApply(delivery -> delivery.isSent());
        }

        @OnEvent("thread")
        String thread() {
            return Thread.currentThread().getName();
        }

        @OnEvent(value = "loop", blocking = false)
        String loop() {
            return Thread.currentThread().getName();
        }

        @OnEvent("fail")
        void fail(String how) throws IOException {
            switch (how) {
                case "sold out" -> throw new SoldOutException("no books left");
                case "io" -> throw new IOException("disk");
                case "stock" -> throw new StockException();
                case "error" -> throw new AssertionError("an error");
                case "refused" -> throw new EventRefusedException("closed", "the shop is closed", Map.of("opens", 9));
                default -> throw new IllegalStateException("secret words");
            }
        }

        /** Fails on a thread of the JDK that must not block. */
        @OnEvent("fail_later")
        CompletionStage<String> failLater() {
            return new CompletableFuture<String>().orTimeout(1, TimeUnit.MILLISECONDS);
        }

        @OnEvent(value = "fail_on_loop", blocking = false)
        void failOnLoop() throws TimeoutException {
            throw new TimeoutException();
        }

        @OnError
        String timeout(TimeoutException e, Identity user) {
            return Thread.currentThread().getName() + " "
                    + SecurityContextHolder.getContext().getAuthentication().getName();
        }

        @OnError
        String error(AssertionError e) {
            return e.getMessage();
        }

        @OnError
        EventRefusedException soldOut(SoldOutException e, Identity user) {
            return new EventRefusedException("sold_out", e.getMessage() + ", " + user.userId());
        }

        @OnError
        Map<String, String> io(IOException e) {
            return Map.of("trouble", e.getMessage());
        }
    }

    @ScarfallController
    static class Everywhere {

        @OnError(everywhere = true)
        EventRefusedException stock(StockException e) {
            return new EventRefusedException("stock", "count again");
        }
    }

    @ScarfallController
    static class Door {

        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @OnUserConnected
        void in(Identity user, Change change) {
            seen.add("+" + user.userId() + " " + change);
        }

        @OnUserDisconnected
        void out(UserCall user, DisconnectReason reason, Change change) {
            seen.add("-" + user.identity().userId() + " " + reason + " " + change);
        }
    }

    /** With a proxy, because of method security. */
    @ScarfallController
    static class Office {

        @OnEvent("close_shop")
        @PreAuthorize("hasRole('admin')")
        String closeShop() {
            return "closed";
        }

        @OnEvent(
                value = "count_money",
                roles = {"admin", "clerk"})
        int countMoney() {
            return 7;
        }

        @OnEvent("me")
        String me(Principal principal, Authentication authentication) {
            return principal.getName() + " "
                    + authentication.equals(SecurityContextHolder.getContext().getAuthentication());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    @EnableAutoConfiguration
    @Import({Shop.class, Everywhere.class, Office.class, Door.class})
    static class App {}

    private static ConfigurableApplicationContext context;
    private static int port;

    @BeforeAll
    static void start() {
        context = run(App.class);
        port = context.getBean(Scarfall.class).userPort();
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    static ConfigurableApplicationContext run(Class<?>... sources) {
        return new SpringApplicationBuilder(sources)
                .web(WebApplicationType.NONE)
                .properties(
                        "scarfall.port=0",
                        "scarfall.internal-port=0",
                        "scarfall.jwt.secret=" + Device.SECRET,
                        "scarfall.drain.grace=0s",
                        "scarfall.store=memory",
                        "spring.main.banner-mode=off")
                .run();
    }

    private static String ask(String event, String... json) {
        try (Device alice = Device.connect(port, "alice")) {
            return alice.ask(event, json);
        }
    }

    @Test
    void thePayloadIsReadAndTheValueIsTheAck() {
        assertThat(ask("order", "{items: [{name: 'book', count: 2}]}")).contains("\"by\":\"alice\"", "\"items\":1");
    }

    @Test
    void anInvalidPayloadIsRefusedWithThePath() {
        assertThat(ask("order", "{items: [{name: 'book', count: 1}, {name: ' ', count: 0}]}"))
                .contains(
                        "\"code\":\"invalid\"",
                        "[0].items[1].count must be greater than or equal to 1",
                        "[0].items[1].name");
        assertThat(ask("order")).contains("\"code\":\"invalid\"");
        assertThat(ask("order", "{items: 7}")).contains("\"code\":\"invalid\"");
    }

    @Test
    void elementsAndSimpleValuesAreValidatedToo() {
        assertThat(ask("items", "[{name: 'book', count: 1}]")).isEqualTo("1");
        assertThat(ask("items", "[{name: 'book', count: 1}, {name: 'pen', count: 0}]"))
                .contains("\"code\":\"invalid\"", "[0][1].count must be greater than or equal to 1");
        assertThat(ask("rename", "'x'")).isEqualTo("x");
        assertThat(ask("rename", "' '", "0", "{name: 'pen', count: 0}"))
                .contains(
                        "\"code\":\"invalid\"",
                        "[0] must not be blank",
                        "[1] must be greater than or equal to 1",
                        "[2].count must be greater than or equal to 1");
    }

    @Test
    void argumentsAreResolvedInOrderAndByType() {
        assertThat(ask("two", "'x'", "5")).isEqualTo("alice x 5 2");
        assertThat(ask("two", "'x'")).isEqualTo("alice x -1 1");
    }

    @Test
    void theMapperOfTheApplicationReadsAndWrites() {
        assertThat(ask("deliver", "[{day: '2026-12-24'}, {day: '2026-12-27', note: 'late'}]", "1"))
                .contains("\"day\":\"2026-12-27\"", "\"note\":\"late\"");
        assertThat(ask("deliver", "[{day: '2026-12-24'}, {day: 'soon'}]", "1"))
                .contains("\"code\":\"invalid\"", "[0][1].day");
        assertThat(ask("deliver", "[]")).contains("\"code\":\"invalid\"");
    }

    @Test
    void stagesAndPublishersAnswerLater() {
        assertThat(ask("stage")).isEqualTo("later");
        assertThat(ask("mono", "'text'")).isEqualTo("text");
        assertThat(ask("flux")).isEqualTo("[1,2,3]");
        assertThat(ask("nothing")).isIn("nothing", "null");
    }

    @Test
    void aControllerSendsToOtherUsers() {
        try (Device bob = Device.connect(port, "bob")) {
            assertThat(ask("tell", "'bob'", "'hello'")).isEqualTo("true");
            assertThat(bob.nextMessage()).isEqualTo("hello");
        }
    }

    @Test
    void methodsMayBlockUnlessTheySayOtherwise() {
        assertThat(ask("thread")).startsWith("scarfall-blocking-");
        assertThat(ask("loop")).startsWith("scarfall-loop-");
    }

    @Test
    void failuresAreAnsweredByTheNearestMethod() {
        assertThat(ask("fail", "'sold out'")).contains("\"code\":\"sold_out\"", "no books left, alice");
        assertThat(ask("fail", "'io'")).isEqualTo("{\"trouble\":\"disk\"}");
        assertThat(ask("fail", "'stock'")).contains("\"code\":\"stock\"");
        assertThat(ask("mono", "'fail'")).as("a failed stage").contains("\"code\":\"sold_out\"");
    }

    @Test
    void methodsForFailuresMayBlockAndKnowTheUser() {
        assertThat(ask("fail_later")).startsWith("scarfall-blocking-").endsWith(" alice");
        assertThat(ask("fail_on_loop")).startsWith("scarfall-blocking-").endsWith(" alice");
        assertThat(ask("fail", "'error'")).isEqualTo("an error");
    }

    @Test
    void refusalsAndOtherFailuresAnswerForThemselves() {
        assertThat(ask("fail", "'refused'"))
                .contains("\"code\":\"closed\"", "\"error\":\"the shop is closed\"", "\"opens\":9");
        assertThat(ask("fail", "'?'")).contains("\"code\":\"internal\"").doesNotContain("secret");
    }

    @Test
    void methodSecurityKnowsTheUserAndTheRoles() {
        assertThat(ask("close_shop")).contains("\"code\":\"forbidden\"");
        assertThat(ask("count_money")).contains("\"code\":\"forbidden\"");
        try (Device boss = Device.withToken(port, Device.token("boss", "admin"))) {
            assertThat(boss.ask("close_shop")).isEqualTo("closed");
            assertThat(boss.ask("count_money")).isEqualTo("7");
            assertThat(boss.ask("me")).isEqualTo("boss true");
        }
    }

    @Test
    void controllersLearnWhoComesAndGoes() {
        BlockingQueue<String> seen = context.getBean(Door.class).seen;
        Device first = Device.connect(port, "carol");
        assertThat(next(seen, "carol")).isEqualTo("+carol CAME_ONLINE");
        Device second = Device.connect(port, "carol");
        assertThat(next(seen, "carol")).isEqualTo("+carol NONE");
        second.close();
        assertThat(next(seen, "carol")).isEqualTo("-carol CLIENT_NAMESPACE_DISCONNECT NONE");
        first.close();
        assertThat(next(seen, "carol")).isEqualTo("-carol CLIENT_NAMESPACE_DISCONNECT WENT_OFFLINE");
    }

    /** The next line about this user; tests before this one may have left some about others. */
    private static String next(BlockingQueue<String> seen, String user) {
        try {
            String line = seen.poll(20, TimeUnit.SECONDS);
            while (line != null && !line.contains(user)) {
                line = seen.poll(20, TimeUnit.SECONDS);
            }
            return String.valueOf(line);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ScarfallController
    static class Twice {

        @OnEvent("order")
        void again() {}
    }

    @ScarfallController
    static class Servlet {

        @OnEvent("upload")
        void upload(MediaType type) {}
    }

    @ScarfallController
    static class NoFailure {

        @OnError
        void nothing(Identity user) {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {}

    /** There are two beans: a proxy, and its target. */
    @ScarfallController
    @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class EachTime {

        private int calls;

        @OnEvent("calls")
        int calls() {
            return ++calls;
        }
    }

    @Test
    void aControllerMayHaveAScope() {
        try (ConfigurableApplicationContext scoped = run(Bare.class, EachTime.class);
                Device alice = Device.connect(scoped.getBean(Scarfall.class).userPort(), "alice")) {
            assertThat(alice.ask("calls")).isEqualTo("1");
            assertThat(alice.ask("calls")).as("of a new object").isEqualTo("1");
        }
    }

    @Test
    void mistakesAreReportedAtTheStartWithClassAndMethod() {
        assertThatThrownBy(() -> run(Bare.class, Shop.class, Twice.class).close())
                .hasStackTraceContaining("Twice.again: handles the event order, as")
                .hasStackTraceContaining("Shop.order does");
        assertThatThrownBy(() -> run(Bare.class, Servlet.class).close())
                .hasStackTraceContaining("Servlet.upload: cannot resolve the parameter")
                .hasStackTraceContaining("MediaType");
        assertThatThrownBy(() -> run(Bare.class, NoFailure.class).close())
                .hasStackTraceContaining("NoFailure.nothing: has no failure as a parameter");
    }
}
