package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.socketio.packet.Arguments;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What runs around the handlers of events, and how events are refused. */
class InterceptorTest extends OneServer {

    private EventInterceptor journaled(String name) {
        return (socket, event, arguments, next) -> {
            journal.add(name + " before " + event);
            Object answer = next.proceed(arguments);
            journal.add(name + " after " + event);
            return answer;
        };
    }

    @Test
    void interceptorsRunInOrderAroundTheHandler() {
        server.start(namespace("/")
                .intercept("one", journaled("third"))
                .intercept(journaled("first"))
                .intercept(journaled("second"))
                .on("one", String.class, (socket, text) -> {
                    journal.add("handler " + text);
                    return text;
                })
                .on("two", (socket, arguments) -> 2)
                .build());
        TestClient client = server.join();
        client.send("21['one','x']").expect("31['x']");
        journal.expect("first before one", "second before one", "third before one", "handler x");
        journal.expect("third after one", "second after one", "first after one");
        client.send("22['two']").expect("32[2]");
        journal.expect("first before two", "second before two", "second after two", "first after two");
    }

    @Test
    void anInterceptorChangesArgumentsAndAcks() {
        server.start(namespace("/")
                .intercept(
                        "later",
                        (socket, event, arguments, next) -> ((CompletionStage<?>)
                                        next.proceed(Arguments.of(arguments.require(0, Integer.class) + 1)))
                                .thenApply(answer -> "<" + answer + ">"))
                .on("later", Integer.class, (socket, number) -> CompletableFuture.supplyAsync(() -> "answer " + number))
                .build());
        server.join().send("21['later',1]").expect("31['<answer 2>']");
    }

    @Test
    void aHandlerDoesNotRunIfAnInterceptorDoesNotProceed() {
        server.start(namespace("/")
                .intercept((socket, event, arguments, next) ->
                        event.equals(TestServer.FENCE) ? next.proceed(arguments) : 0)
                .on("skipped", (socket, arguments) -> {
                    journal.add("handler");
                    return 1;
                })
                .build());
        TestClient client = server.join();
        client.send("21['skipped']").expect("31[0]");
        client.fence();
    }

    @Test
    void anInterceptorProceedsLaterOnTheHomeLoop() {
        CompletableFuture<Object> allowed = new CompletableFuture<>();
        server.start(namespace("/")
                .intercept("guarded", (socket, event, arguments, next) -> next.proceedAfter(allowed, arguments))
                .intercept("guarded", journaled("second"))
                .on("guarded", EventHandler.later((socket, arguments, ack) -> {
                    journal.add("home " + socket.isHome() + ", ack wanted " + ack.isWanted());
                    ack.send(arguments);
                }))
                .on("later", (socket, arguments) -> "overtakes")
                .build());
        TestClient client = server.join();
        client.send("21['guarded','x']");
        client.send("22['later']").expect("32['overtakes']");
        client.send("2['later']");
        client.fence();
        allowed.complete("yes");
        client.expect("31['x']");
        journal.expect("second before guarded", "home true, ack wanted true", "second after guarded");
        client.send("23['guarded','y']").expect("33['y']");
        journal.expect("second before guarded", "home true, ack wanted true", "second after guarded");
    }

    @Test
    void aStageThatFailsRefusesTheEvent() {
        server.start(namespace("/")
                .intercept(
                        "guarded",
                        (socket, event, arguments, next) -> next.proceedAfter(
                                CompletableFuture.supplyAsync(() -> {
                                    throw new EventRefusedException("forbidden", "not for you");
                                }),
                                arguments))
                .intercept(
                        "failing",
                        (socket, event, arguments, next) ->
                                next.proceedAfter(CompletableFuture.completedFuture(0), arguments))
                .on("guarded", (socket, arguments) -> "passed")
                .on("failing", (socket, arguments) -> {
                    throw new EventRefusedException("sold_out", "none left");
                })
                .build());
        TestClient client = server.join();
        client.send("21['guarded']").expect("31[{'status':'error','error':'not for you','code':'forbidden'}]");
        client.send("22['failing']").expect("32[{'status':'error','error':'none left','code':'sold_out'}]");
    }

    @Test
    void aHandlerDoesNotRunIfItsSocketLeftWhileAnInterceptorWaited() {
        CompletableFuture<Object> allowed = new CompletableFuture<>();
        server.start(namespace("/")
                .intercept("guarded", (socket, event, arguments, next) -> next.proceedAfter(allowed, arguments))
                .on("guarded", (socket, arguments) -> {
                    journal.add("handled");
                    return null;
                })
                .onDisconnect((socket, reason) -> journal.add("left"))
                .build());
        TestClient client = server.join();
        client.send("21['guarded']").send("1");
        journal.expect("left");
        allowed.complete("yes");
        client.join();
        client.fence();
        client.send("1");
        journal.expect("left");
    }

    /** A check of roles with a misspelt name would never run. */
    @Test
    void anInterceptorOfAnEventWithoutAHandlerIsRefused() {
        Namespace.Builder table = namespace("/")
                .on("ban", (socket, arguments) -> "banned")
                .intercept("bann", (socket, event, arguments, next) -> next.proceed(arguments));
        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("event: bann (expected: ");
        Namespace main = namespace("/").build();
        assertThatThrownBy(() -> main.change(change -> change.onError("bann", (socket, event, error) -> null)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEventWithoutAHandlerIsNotIntercepted() {
        server.start(namespace("/")
                .intercept(journaled("a"))
                .onUnknown((socket, event) -> "unknown")
                .build());
        server.join().send("21['unknown']").expect("31['unknown']");
    }

    @Test
    void argumentsThatDoNotFitAreRefusedInsideTheInterceptors() {
        server.start(namespace("/")
                .intercept((socket, event, arguments, next) -> {
                    try {
                        return next.proceed(arguments);
                    } catch (Exception e) {
                        journal.add(e.getClass().getSimpleName());
                        throw e;
                    }
                })
                .on("number", Integer.class, (socket, number) -> number)
                .build());
        server.join()
                .send("21['number','x']")
                .expect("31[{'status':'error','error':'invalid arguments: [0]','code':'invalid'}]");
        journal.expect("MalformedPacketException");
    }

    @Test
    void aRefusedEventIsAnsweredWithItsCodeAndNotLogged() {
        server.start(namespace("/")
                .on("now", (socket, arguments) -> {
                    throw new EventRefusedException("sold_out", "no seats left", Map.of("left", 0));
                })
                .on(
                        "later",
                        (socket, arguments) -> CompletableFuture.supplyAsync(() -> {
                            throw new EventRefusedException("closed", "come back tomorrow");
                        }))
                .intercept("guarded", (socket, event, arguments, next) -> {
                    throw new EventRefusedException("forbidden", "not for you", new byte[] {1});
                })
                .on("guarded", (socket, arguments) -> "passed")
                .build());
        TestClient client = server.join();
        client.send("21['now']");
        client.expect("31[{'status':'error','error':'no seats left','code':'sold_out','data':{'left':0}}]");
        client.send("22['later']");
        client.expect("32[{'status':'error','error':'come back tomorrow','code':'closed'}]");
        client.send("23['guarded']");
        client.expect("61-3[{'status':'error','error':'not for you','code':'forbidden',"
                + "'data':{'_placeholder':true,'num':0}}]");
        client.binary();
        client.send("2['now']");
        client.fence();
    }

    @Test
    void theDataOfARefusalThatCannotBeWrittenIsAFailureOfTheServer() {
        server.start(namespace("/")
                .on("refused", (socket, arguments) -> {
                    throw new EventRefusedException("odd", "odd", new ConnectTest.Unwritable());
                })
                .build());
        server.join().send("21['refused']").expect("31[{'status':'error','error':'internal error','code':'internal'}]");
        log.expectError("handler failed event=refused ns=/", IllegalArgumentException.class);
    }

    @Test
    void theErrorHandlerOfAnEventIsAskedBeforeThatOfTheNamespace() {
        server.start(namespace("/")
                .on("own", (socket, arguments) -> {
                    throw new IllegalStateException("own");
                })
                .on("other", (socket, arguments) -> {
                    throw new IllegalStateException("other");
                })
                .on("passed on", (socket, arguments) -> {
                    throw new IllegalStateException("passed on");
                })
                .on("refused", (socket, arguments) -> {
                    throw new IllegalStateException("refused");
                })
                .onError((socket, event, error) -> {
                    if (event.equals("refused")) {
                        throw new EventRefusedException("translated", error.getMessage());
                    }
                    return "namespace " + error.getMessage();
                })
                .onError("own", (socket, event, error) -> "event " + error.getMessage())
                .onError("passed on", (socket, event, error) -> {
                    throw error;
                })
                .build());
        TestClient client = server.join();
        client.send("21['own']").expect("31['event own']");
        client.send("22['other']").expect("32['namespace other']");
        client.send("23['passed on']").expect("33['namespace passed on']");
        client.send("24['refused']").expect("34[{'status':'error','error':'refused','code':'translated'}]");
    }
}
