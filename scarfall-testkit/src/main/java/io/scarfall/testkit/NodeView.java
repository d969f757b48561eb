package io.scarfall.testkit;

import io.scarfall.presence.ClusterState;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.NodeBus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's view of the shared cluster. Every call that returns a stage goes through it: the calls of a node that is cut off
 * fail, and the calls of a frozen node wait until it thaws. Thread-safe.
 */
final class NodeView {

    private enum Reach {
        ALL,
        NOTHING,
        LATER
    }

    private final String name;
    private final TestBus bus;
    private final Executor thread;
    private final NodeAccess cluster;
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile Reach reach = Reach.ALL;

    NodeView(String name, ClusterState shared, TestBus bus, Executor thread) {
        this.name = name;
        this.bus = bus;
        this.thread = thread;
        cluster = guarded(NodeAccess.class, NodeAccess.of(shared));
    }

    NodeAccess cluster() {
        return cluster;
    }

    void cut() {
        reach = Reach.NOTHING;
    }

    void freeze() {
        reach = Reach.LATER;
    }

    /** Runs the calls that were held back, on the thread of the test's time. */
    void heal() {
        reach = Reach.ALL;
        for (Runnable call = held.poll(); call != null; call = held.poll()) {
            thread.execute(call);
        }
    }

    private <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> call) {
        switch (reach) {
            case ALL -> {
                return call.get();
            }
            case NOTHING -> {
                return CompletableFuture.failedFuture(new IllegalStateException("cut off by the test"));
            }
            case LATER -> {
                CompletableFuture<T> later = new CompletableFuture<>();
                held.add(() -> call.get().whenComplete((value, error) -> {
                    if (error == null) {
                        later.complete(value);
                    } else {
                        later.completeExceptionally(error);
                    }
                }));
                return later;
            }
        }
        throw new AssertionError(reach);
    }

    /** A proxy of the object, and of each interface of the cluster that it returns, which applies this node's reach. */
    private <T> T guarded(Class<T> type, T target) {
        ConcurrentMap<Method, Object> parts = new ConcurrentHashMap<>();
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (CompletionStage.class.isAssignableFrom(method.getReturnType())) {
                        return pass(() -> stage(target, method, arguments));
                    }
                    Object answer = invoke(target, method, arguments);
                    boolean part = answer != null
                            && method.getReturnType().isInterface()
                            && method.getReturnType().getPackageName().startsWith(ClusterState.class.getPackageName());
                    return part && arguments == null
                            ? parts.computeIfAbsent(method, one -> guardedPart(one.getReturnType(), answer))
                            : answer;
                });
        return type.cast(proxy);
    }

    private <T> Object guardedPart(Class<T> type, Object part) {
        return guarded(type, type.cast(part instanceof NodeBus real ? new FaultyBus(real) : part));
    }

    @SuppressWarnings("unchecked") // the caller has checked the return type
    private static CompletionStage<Object> stage(Object target, Method method, Object @Nullable [] arguments) {
        try {
            return (CompletionStage<Object>) invoke(target, method, arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object invoke(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The bus, with the faults of the {@link TestBus}. Incoming messages are subject to this node's reach. */
    private final class FaultyBus implements NodeBus {

        private final NodeBus real;

        FaultyBus(NodeBus real) {
            this.real = real;
        }

        @Override
        public CompletionStage<Boolean> send(NodeId to, byte[] message) {
            return bus.carry(name, to, () -> real.send(to, message));
        }

        @Override
        public CompletionStage<Inbox> listen(NodeId self, Listener listener) {
            return real.listen(self, message -> received(() -> listener.received(message)));
        }

        private void received(Runnable call) {
            switch (reach) {
                case ALL -> call.run();
                case NOTHING -> {}
                case LATER -> held.add(call);
            }
        }

        @Override
        public int maxMessageBytes() {
            return real.maxMessageBytes();
        }
    }
}
