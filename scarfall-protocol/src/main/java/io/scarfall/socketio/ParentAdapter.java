package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Carries what is sent to a parent namespace to each of its children. Thread-safe. */
final class ParentAdapter extends LocalAdapter {

    private final Supplier<Collection<Broadcaster>> children;
    private final Function<Broadcaster, Adapter> adapter;

    /** @param adapter which adapter of a child to use: that of this node, or that of all nodes */
    ParentAdapter(Supplier<Collection<Broadcaster>> children, Function<Broadcaster, Adapter> adapter) {
        super("", new Rooms());
        this.children = children;
        this.adapter = adapter;
    }

    private List<Adapter> adapters() {
        return children.get().stream().map(adapter).toList();
    }

    @Override
    public void broadcast(Broadcast broadcast) {
        adapters().forEach(child -> child.broadcast(broadcast));
    }

    @Override
    public CompletionStage<BroadcastAnswers> broadcastWithAck(Broadcast broadcast, Duration timeout) {
        List<CompletableFuture<BroadcastAnswers>> answers = adapters().stream()
                .map(child -> child.broadcastWithAck(broadcast, timeout).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> joined(answers));
    }

    private static BroadcastAnswers joined(List<CompletableFuture<BroadcastAnswers>> answers) {
        List<Arguments> acks = new ArrayList<>();
        int missing = 0;
        for (CompletableFuture<BroadcastAnswers> answer : answers) {
            BroadcastAnswers one = answer.getNow(new BroadcastAnswers(List.of(), 0)); // all are done
            acks.addAll(one.acks());
            missing += one.missing();
        }
        return new BroadcastAnswers(acks, missing);
    }

    @Override
    public void join(Set<String> wanted, Set<String> except, String room) {
        adapters().forEach(child -> child.join(wanted, except, room));
    }

    @Override
    public void leave(Set<String> wanted, Set<String> except, String room) {
        adapters().forEach(child -> child.leave(wanted, except, room));
    }

    @Override
    public void disconnect(Set<String> wanted, Set<String> except, boolean closeSessions) {
        adapters().forEach(child -> child.disconnect(wanted, except, closeSessions));
    }

    @Override
    List<Socket> sockets(Set<String> wanted, Set<String> except) {
        List<Socket> sockets = new ArrayList<>();
        for (Broadcaster child : children.get()) {
            sockets.addAll(child.localAdapter().sockets(wanted, except));
        }
        return sockets;
    }
}
