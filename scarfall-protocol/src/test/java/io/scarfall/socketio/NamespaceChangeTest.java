package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.testing.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Namespaces and their tables change while clients are connected. */
class NamespaceChangeTest extends OneServer {

    // The table

    @Test
    void eventsAreAddedAndRemovedWhileClientsAreConnected() {
        Namespace main = namespace("/").on("old", (socket, arguments) -> "old").build();
        server.start(main);
        TestClient client = server.join();
        client.send("21['old']").expect("31['old']");
        main.change(table -> table.off("old").on("new", (socket, arguments) -> "new"));
        assertThat(main.events()).containsExactlyInAnyOrder("new", TestServer.FENCE);
        client.send("22['old']").send("23['new']").expect("33['new']");
        main.change(table -> table.off("new").on("new", (socket, arguments) -> "newer"));
        client.send("24['new']").expect("34['newer']");
    }

    @Test
    void aChangeThatFailsChangesNothing() {
        Namespace main = namespace("/").on("one", (socket, arguments) -> 1).build();
        server.start(main);
        assertThatThrownBy(
                        () -> main.change(table -> table.off(TestServer.FENCE).on("one", (socket, arguments) -> 2)))
                .isInstanceOf(IllegalArgumentException.class);
        TestClient client = server.join();
        client.send("21['one']").expect("31[1]");
        client.fence();
    }

    @Test
    void changesOfManyThreadsAllTakeEffect() {
        Namespace main = namespace("/").build();
        server.start(main);
        List<CompletableFuture<Void>> changes = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int first = thread * 50;
            changes.add(Answers.aside(() -> {
                for (int i = first; i < first + 50; i++) {
                    String event = "event " + i;
                    main.change(table -> table.on(event, (socket, arguments) -> event));
                }
            }));
        }
        changes.forEach(Answers::await);
        assertThat(main.events()).hasSize(201);
    }

    @Test
    void interceptorsAndErrorHandlersOfAnEventStayWhenItsHandlerIsReplaced() {
        Namespace main = namespace("/")
                .intercept("event", (socket, event, arguments, next) -> {
                    journal.add("intercepted");
                    return next.proceed(arguments);
                })
                .onError("event", (socket, event, error) -> "failed")
                .on("event", (socket, arguments) -> "old")
                .build();
        server.start(main);
        main.change(table -> table.off("event").on("event", (socket, arguments) -> {
            throw new IllegalStateException();
        }));
        server.join().send("21['event']").expect("31['failed']");
        journal.expect("intercepted");
    }

    // Several handlers

    @Test
    void listenersOfAnEventRunInOrderAfterItsHandlerWhichAnswers() {
        server.start(namespace("/")
                .listen(
                        "event",
                        (socket, event, arguments) ->
                                journal.add(event + " 1 " + arguments.json().utf8()))
                .on("event", String.class, (socket, text) -> {
                    journal.add("handler");
                    return text;
                })
                .listen("event", Integer.class, (socket, number) -> journal.add("does not fit"))
                .listen("event", (socket, event, arguments) -> {
                    throw new IllegalStateException();
                })
                .listen("event", String.class, (socket, text) -> journal.add("2 " + text))
                .build());
        TestClient client = server.join();
        client.send("21['event','x']").expect("31['x']");
        journal.expect("handler", "event 1 \"x\"", "2 x");
        log.expectError("handler failed what=event ns=/", IllegalStateException.class);
    }

    @Test
    void listenersRunWithoutAHandlerAndAfterOneThatFails() {
        server.start(namespace("/")
                .listen("only", (socket, event, arguments) -> journal.add("only"))
                .on("refused", (socket, arguments) -> {
                    throw new EventRefusedException("no", "no");
                })
                .listen("refused", (socket, event, arguments) -> journal.add("refused"))
                .onUnknown((socket, event) -> "unknown")
                .build());
        TestClient client = server.join();
        client.send("21['only']");
        journal.expect("only");
        client.fence();
        client.send("22['refused']").expect("32[{'status':'error','error':'no','code':'no'}]");
        journal.expect("refused");
    }

    @Test
    void aListenerDoesNotRunIfAnInterceptorRefusesTheEvent() {
        server.start(namespace("/")
                .intercept("event", (socket, event, arguments, next) -> {
                    throw new EventRefusedException("no", "no");
                })
                .listen("event", (socket, event, arguments) -> journal.add("seen"))
                .build());
        TestClient client = server.join();
        client.send("21['event']").expect("31[{'status':'error','error':'no','code':'no'}]");
    }

    @Test
    void offRemovesHandlersAndListeners() {
        EventListener any = (socket, event, arguments) -> journal.add("any " + event);
        Namespace main = namespace("/")
                .onAny(any)
                .on("event", (socket, arguments) -> 1)
                .listen("event", (socket, event, arguments) -> journal.add("listener"))
                .build();
        server.start(main);
        TestClient client = server.join();
        client.send("21['event']").expect("31[1]");
        journal.expect("any event", "listener");
        main.change(table -> table.off("event").offAny(any));
        client.send("22['event']");
        client.fence();
    }

    // Events that are sent

    @Test
    void outgoingListenersSeeWhatSocketsAndBroadcastsSend() {
        EventListener outgoing = (socket, event, arguments) ->
                journal.add(socket.id() + " " + event + " " + arguments.json().utf8() + " " + socket.isHome());
        Namespace main = namespace("/")
                .onAnyOutgoing((socket, event, arguments) -> {
                    throw new IllegalStateException();
                })
                .onAnyOutgoing(outgoing)
                .build();
        server.start(main);
        TestClient client = server.open();
        String id = client.join();
        Socket socket = server.socket(id);
        socket.emit("away", 1);
        journal.expect(id + " away 1 true");
        TestServer.atHome(socket, () -> socket.emitVolatile("home", 2));
        journal.expect(id + " home 2 true");
        main.broadcaster().emit("all", "x");
        journal.expect(id + " all \"x\" true");
        log.expectError("handler failed what=away ns=/", IllegalStateException.class);
        client.expect("2['away',1]", "2['home',2]", "2['all','x']");
        assertThatThrownBy(() -> socket.emit("disconnect", "reserved")).isInstanceOf(IllegalArgumentException.class);
        main.change(table -> table.offAnyOutgoing(outgoing));
        socket.emit("unseen");
        client.expect("2['unseen']");
    }

    // Interceptors of a socket

    @Test
    void aSocketHasInterceptorsOfItsOwn() {
        CompletableFuture<Runnable> removal = new CompletableFuture<>();
        server.start(namespace("/")
                .intercept((socket, event, arguments, next) -> "<" + next.proceed(arguments) + ">")
                .on("event", (socket, arguments) -> 1)
                .on("add", (socket, arguments) -> {
                    removal.complete(socket.intercept((s, event, rest, next) -> "[" + next.proceed(rest) + "]"));
                    return null;
                })
                .on("remove", (socket, arguments) -> {
                    removal.getNow(() -> {}).run();
                    return null;
                })
                .build());
        TestClient client = server.join();
        TestClient other = server.join();
        client.send("21['event']").expect("31['<1>']");
        client.send("22['add']").expect("32['<null>']");
        client.send("23['event']").expect("33['<[1]>']");
        other.send("21['event']").expect("31['<1>']");
        client.send("24['remove']").expect("34['<[null]>']");
        client.send("25['event']").expect("35['<1>']");
    }

    @Test
    void theInterceptorsOfASocketSeeEventsWithoutAHandler() {
        server.start(namespace("/")
                .intercept((socket, event, arguments, next) -> next.proceed(arguments))
                .onConnect(socket -> socket.intercept((s, event, arguments, next) -> {
                    journal.add(event);
                    return event.equals("own") ? "own" : next.proceed(arguments);
                }))
                .onUnknown((socket, event) -> "unknown")
                .build());
        TestClient client = server.join();
        client.send("21['own']").expect("31['own']");
        client.send("22['other']").expect("32['unknown']");
        client.send("2['other']");
        journal.expect("own", "other", "other");
    }

    @Test
    void aSocketHandlesOneEventOnce() {
        CompletableFuture<Runnable> removal = new CompletableFuture<>();
        server.start(namespace("/")
                .onConnect(socket -> {
                    socket.once("confirm", (s, arguments) -> "first " + arguments.get(0, String.class));
                    removal.complete(socket.once("removed", (s, arguments) -> "never"));
                })
                .on("confirm", (socket, arguments) -> "table")
                .on("remove", (socket, arguments) -> {
                    removal.getNow(() -> {}).run();
                    return null;
                })
                .onUnknown((socket, event) -> "unknown")
                .build());
        TestClient client = server.join();
        client.send("21['remove']").expect("31[]");
        client.send("22['removed']").expect("32['unknown']");
        client.send("23['confirm','x']").expect("33['first x']");
        client.send("24['confirm','x']").expect("34['table']");
    }

    @Test
    void onlyOneOfSeveralEventsThatWaitIsHandledOnce() {
        List<CompletableFuture<Object>> waiting = new ArrayList<>();
        server.start(namespace("/")
                .onConnect(socket -> socket.once("confirm", (s, arguments) -> "once"))
                .intercept("confirm", (socket, event, arguments, next) -> {
                    CompletableFuture<Object> answer = new CompletableFuture<>();
                    waiting.add(answer);
                    return next.proceedAfter(answer, arguments);
                })
                .on("confirm", (socket, arguments) -> "table")
                .on("go", (socket, arguments) -> {
                    waiting.forEach(answer -> answer.complete(true));
                    return null;
                })
                .build());
        TestClient client = server.join();
        client.send("21['confirm']").send("22['confirm']").send("23['go']");
        client.expect("31['once']", "32['table']", "33[]");
    }

    // Namespaces

    @Test
    void aNamespaceIsAddedAndRemovedWhileClientsAreConnected() {
        server.start(namespace("/").build());
        TestClient client = server.join();
        client.send("0/shop,").expect("4/shop,{'message':'Invalid namespace'}");
        Namespace shop = namespace("/shop")
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build();
        server.sockets().add(shop);
        assertThatThrownBy(() -> server.sockets().add(namespace("/shop").build()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(server.sockets().namespace("/shop")).isSameAs(shop);
        client.join("/shop");
        client.fence("/shop");
        assertThat(server.sockets().remove(shop)).isTrue();
        client.expect("1/shop,");
        journal.expect("server namespace disconnect");
        assertThat(server.sockets().remove(shop)).isFalse();
        assertThat(server.sockets().namespaces()).hasSize(1);
        client.send("0/shop,").expect("4/shop,{'message':'Invalid namespace'}");
        client.fence();
    }

    @Test
    void aSocketThatWaitsForItsGuardDoesNotJoinARemovedNamespace() {
        CompletableFuture<Object> verdict = new CompletableFuture<>();
        server.start(namespace("/").build());
        Namespace shop = namespace("/shop")
                .guard(socket -> {
                    journal.add("asked");
                    return verdict;
                })
                .build();
        server.sockets().add(shop);
        TestClient client = server.join();
        client.send("0/shop,");
        journal.expect("asked");
        server.sockets().remove(shop);
        verdict.complete("admitted");
        client.joined("/shop");
        client.expect("1/shop,");
        TestServer.eventually(
                () -> assertThat(shop.broadcaster().rooms().socketCount()).isZero());
    }

    @Test
    void aSessionIsInABoundedNumberOfNamespaces() {
        List<String> limits = new ArrayList<>();
        server.config().limits(limit -> limits.add(limit.word()));
        server.start(
                SocketConfig.DEFAULT.withMaxNamespacesPerSession(2),
                namespace("/").build(),
                namespace("/a").build(),
                namespace("/b").build());
        TestClient client = server.join();
        client.join("/a");
        client.send("0/b,").expect("4/b,{'message':'too many namespaces'}");
        client.send("1/a,");
        client.join("/b");
        assertThat(limits).containsExactly("namespaces");
    }

    // Namespaces by pattern

    private final AtomicInteger made = new AtomicInteger();

    private final ParentNamespace rooms = new ParentNamespace(Pattern.compile("/room-\\d+"), name -> {
        made.incrementAndGet();
        return namespace(name)
                .on("where", (socket, arguments) -> socket.namespace())
                .on("join", String.class, TestServer::join)
                .build();
    });

    @Test
    void aChildIsMadeForEachNameThatFits() {
        server.start(namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.join("/room-1");
        client.join("/room-2");
        client.send("2/room-1,1['where']").expect("3/room-1,1['/room-1']");
        client.send("0/room-x,").expect("4/room-x,{'message':'Invalid namespace'}");
        client.send("0/room-" + "1".repeat(251) + ",")
                .expect("4/room-" + "1".repeat(251) + ",{'message':'Invalid namespace'}");
        server.join().join("/room-1");
        assertThat(made).hasValue(2);
        assertThat(rooms.children()).extracting(Namespace::name).containsExactlyInAnyOrder("/room-1", "/room-2");
        assertThat(server.sockets().namespace("/room-2")).isSameAs(rooms.child("/room-2"));
        assertThat(server.sockets().namespaces()).hasSize(3);
    }

    @Test
    void aNamespaceOfTheNameComesBeforeTheParents() {
        server.start(namespace("/").build(), namespace("/room-1").build());
        server.sockets().add(rooms);
        server.join().join("/room-1");
        assertThat(made).hasValue(0);
    }

    @Test
    void aParentBroadcastsToItsChildren() {
        server.start(namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.open();
        client.join("/room-1");
        client.join("/room-2");
        TestClient other = server.open();
        String id = other.join("/room-2");
        other.send("2/room-2,1['join','vip']").expect("3/room-2,1[['vip']]");
        rooms.broadcaster().emit("news", 1);
        other.expect("2/room-2,['news',1]");
        assertThat(List.of(client.text(), client.text()))
                .containsExactlyInAnyOrder("2/room-1,[\"news\",1]", "2/room-2,[\"news\",1]");
        rooms.broadcaster().to("vip").emit("vip");
        other.expect("2/room-2,['vip']");
        assertThat(rooms.broadcaster().sockets()).hasSize(3);
        assertThat(rooms.broadcaster().to("vip").local().sockets())
                .extracting(Socket::id)
                .containsExactly(id);
        assertThatThrownBy(() -> rooms.broadcaster().encode("news")).isInstanceOf(UnsupportedOperationException.class);

        CompletableFuture<Adapter.BroadcastAnswers> answers =
                rooms.broadcaster().emitWithAck(TestClient.PATIENCE, "vote").toCompletableFuture();
        other.expect("2/room-2,0['vote']");
        other.send("3/room-2,0['yes']");
        for (int i = 0; i < 2; i++) {
            String question = client.text();
            client.send(question.replaceFirst("2", "3").replace("vote", "no"));
        }
        assertThat(Answers.await(answers).acks())
                .extracting(ack -> ack.get(0, String.class))
                .containsExactlyInAnyOrder("yes", "no", "no");

        rooms.broadcaster().to("vip").disconnect();
        other.expect("1/room-2,");
        client.fence("/room-1");
    }

    @Test
    void anEmptyChildIsRemoved() {
        server.start(namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.join("/room-1");
        TestClient other = server.join();
        other.join("/room-1");
        other.send("1/room-1,");
        other.fence();
        assertThat(rooms.children()).hasSize(1);
        client.close();
        TestServer.eventually(() -> assertThat(rooms.children()).isEmpty());
        other.join("/room-1");
        assertThat(made).hasValue(2);
    }

    @Test
    void emptyChildrenRemainIfTheConfigurationSaysSo() {
        server.start(
                SocketConfig.DEFAULT.withCleanupEmptyChildNamespaces(false),
                namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.join("/room-1");
        client.send("1/room-1,");
        client.fence();
        client.join("/room-1");
        assertThat(made).hasValue(1);
    }

    @Test
    void aChildWhoseGuardRefusesItsClientsIsRemoved() {
        ParentNamespace closed = new ParentNamespace(
                name -> name.startsWith("/closed"),
                name -> namespace(name)
                        .guard(socket -> {
                            throw new ConnectRefusedException("closed", null);
                        })
                        .build());
        server.start(namespace("/").build());
        server.sockets().add(closed);
        TestClient client = server.join();
        client.send("0/closed,").expect("4/closed,{'message':'closed'}");
        client.fence();
        assertThat(closed.children()).isEmpty();
    }

    @Test
    void theFailuresOfAllChildrenCountTogether() {
        ParentNamespace failing = new ParentNamespace(
                name -> name.startsWith("/failing"),
                name -> namespace(name)
                        .onConnect(socket -> {
                            throw new IllegalStateException();
                        })
                        .build());
        server.start(namespace("/").build());
        server.sockets().add(failing);
        TestClient client = server.join();
        for (int i = 0; i < 3; i++) {
            client.join("/failing-" + i);
            client.send("1/failing-" + i + ",").fence();
        }
        client.join("/failing-0");
        client.fence();
        log.expectError("handler failed what=connect ns=/failing-0", IllegalStateException.class);
    }

    @Test
    void aSocketThatWaitsForItsGuardDoesNotJoinAChildThatWasRemovedWithItsParent() {
        CompletableFuture<Object> verdict = new CompletableFuture<>();
        ParentNamespace guarded = new ParentNamespace(
                name -> name.startsWith("/guarded"),
                name -> namespace(name)
                        .guard(socket -> {
                            journal.add("asked");
                            return verdict;
                        })
                        .build());
        server.start(namespace("/").build());
        server.sockets().add(guarded);
        TestClient client = server.join();
        client.send("0/guarded,");
        journal.expect("asked");
        server.sockets().remove(guarded);
        server.sockets().add(guarded);
        verdict.complete("admitted");
        client.joined("/guarded");
        client.expect("1/guarded,");
        client.fence();
    }

    @Test
    void theNumberOfChildrenIsBounded() {
        server.start(
                SocketConfig.DEFAULT.withMaxChildNamespaces(2), namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.join("/room-1");
        client.join("/room-2");
        client.send("0/room-3,").expect("4/room-3,{'message':'too many namespaces'}");
        client.send("1/room-1,");
        client.join("/room-3");
        client.send("0/room-4,").expect("4/room-4,{'message':'too many namespaces'}");
    }

    @Test
    void aChildThatCannotBeMadeIsRefusedAndDoesNotCount() {
        ParentNamespace failing = new ParentNamespace(name -> name.startsWith("/odd"), name -> {
            if (name.equals("/odd-name")) {
                return namespace("/other").build();
            }
            throw new IllegalStateException("password");
        });
        server.start(
                SocketConfig.DEFAULT.withMaxChildNamespaces(1), namespace("/").build());
        server.sockets().add(failing);
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.send("0/odd-name,").expect("4/odd-name,{'message':'internal error'}");
        log.expectError("could not make a child namespace ns=/odd-name", IllegalStateException.class);
        client.send("0/odd,").expect("4/odd,{'message':'internal error'}");
        log.expectError("could not make a child namespace ns=/odd", IllegalStateException.class);
        client.join("/room-1");
    }

    @Test
    void aParentIsRemovedWithItsChildren() {
        server.start(
                SocketConfig.DEFAULT.withMaxChildNamespaces(1), namespace("/").build());
        server.sockets().add(rooms);
        TestClient client = server.join();
        client.join("/room-1");
        assertThat(server.sockets().remove(rooms)).isTrue();
        client.expect("1/room-1,");
        client.send("0/room-1,").expect("4/room-1,{'message':'Invalid namespace'}");
        assertThat(server.sockets().remove(rooms)).isFalse();
        server.sockets().add(rooms);
        client.join("/room-2");
    }

    @Test
    void aParentOfTwoServersCountsItsChildrenWhereTheyWereMade() {
        server.start(
                SocketConfig.DEFAULT.withMaxChildNamespaces(1), namespace("/").build());
        server.sockets().add(rooms);
        try (TestServer second = new TestServer()) {
            second.start(
                    SocketConfig.DEFAULT.withMaxChildNamespaces(1),
                    namespace("/").build());
            second.sockets().add(rooms);
            TestClient client = server.join();
            client.join("/room-1");
            TestClient other = second.join();
            other.join("/room-1");
            client.send("1/room-1,");
            client.fence();
            other.send("1/room-1,");
            other.fence();
            assertThat(rooms.children()).isEmpty();
            client.join("/room-2");
            client.send("0/room-3,").expect("4/room-3,{'message':'too many namespaces'}");
            other.join("/room-3");
            other.send("0/room-4,").expect("4/room-4,{'message':'too many namespaces'}");
        }
    }

    @Test
    void manySessionsJoinAndLeaveOneChildAtOnce() {
        server.start(namespace("/").build());
        server.sockets().add(rooms);
        List<TestClient> clients = List.of(server.join(), server.join(), server.join());
        List<CompletableFuture<Void>> churns = clients.stream()
                .map(client -> Answers.aside(() -> {
                    for (int i = 0; i < 200; i++) {
                        client.join("/room-1");
                        client.send("1/room-1,");
                    }
                    client.fence();
                }))
                .toList();
        churns.forEach(Answers::await);
        assertThat(rooms.children()).isEmpty();
    }
}
