package io.scarfall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.presence.testing.RedisServer;
import io.socket.client.Socket;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that is a module, with the published jars on the module path. It names no module that it does not use. */
class ModulePathIT {

    private static final Path SOURCES = Path.of("src", "test", "modules");

    /** The jars that an application of the gateway needs at run time. */
    private static final String JARS = System.getProperty("scarfall.module.path");

    @Test
    void aModularApplicationStartsTheGatewayWithRedis(@TempDir Path classes) throws Exception {
        compile(classes);
        String path = JARS + System.getProperty("path.separator") + classes;
        try (JavaProcess application = JavaProcess.ofModule(path, "game/game.Main")
                .arguments(RedisServer.shared().uri(), UUID.randomUUID().toString(), Clients.SECRET)
                .start()) {
            String url = "http://localhost:"
                    + application
                            .awaitLine("listens at (\\d+)", Duration.ofSeconds(30))
                            .group(1);
            assertThat(application.lines()).contains("modules: [game, io.scarfall.gateway, io.scarfall.presence]");

            Socket alice = Clients.connect(Clients.user(url, Clients.token("alice")));
            Socket bob = Clients.connect(Clients.user(url, Clients.token("bob")));
            CompletableFuture<Object[]> received = Clients.next(bob, "message");
            JSONObject sent = (JSONObject)
                    Clients.ask(
                            alice,
                            "send_message",
                            new JSONObject()
                                    .put("recipientIds", new JSONArray(List.of("bob")))
                                    .put("message", "hello"))[0];
            assertThat(sent.getString("status")).isEqualTo("sent");
            assertThat(((JSONObject) Clients.answer(received)[0]).getString("message"))
                    .isEqualTo("hello");
            assertThat(Clients.ask(alice, "move", new JSONObject().put("x", 3).put("y", -4))[0])
                    .hasToString("{\"distance\":7,\"by\":\"alice\"}");

            assertThat(application.terminate()).isEqualTo(143);
            assertThat(application.lines()).contains("closed");
            alice.close();
            bob.close();
        }
    }

    /** Internal packages are out of reach: they are exported to Scarfall's own modules only. */
    @Test
    void anApplicationCannotUseInternalPackages(@TempDir Path folder) throws Exception {
        Path source = Files.createDirectories(folder.resolve("source/game"));
        Files.copy(SOURCES.resolve("module-info.java"), source.resolveSibling("module-info.java"));
        Path main = source.resolve("Main.java");
        for (String internal : List.of(
                "io.scarfall.gateway.internal.delivery.UserDelivery",
                "io.scarfall.presence.internal.NodeBus",
                "io.scarfall.engineio.internal.RandomIds")) {
            Files.writeString(main, "package game; class Main { " + internal + " type; }");
            StringWriter messages = new StringWriter();
            assertThat(javac(
                            messages,
                            folder.resolve("classes"),
                            List.of(main, source.resolveSibling("module-info.java"))))
                    .isNotZero();
            assertThat(messages.toString())
                    .contains("package " + internal.substring(0, internal.lastIndexOf('.')) + " is not visible");
        }
    }

    private static void compile(Path classes) throws Exception {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        StringWriter messages = new StringWriter();
        assertThat(javac(messages, classes, sources)).as(messages::toString).isZero();
    }

    private static int javac(StringWriter messages, Path classes, List<Path> sources) {
        List<String> arguments = new ArrayList<>(List.of("-p", JARS, "-d", classes.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        PrintWriter writer = new PrintWriter(messages);
        return ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(new String[0]));
    }
}
