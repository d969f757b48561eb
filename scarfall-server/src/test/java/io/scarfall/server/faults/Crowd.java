package io.scarfall.server.faults;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.testing.Await;
import io.scarfall.server.faults.Nodes.Node;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Users with their devices, and services. All of them reconnect whenever they lose their connection. Each user lists some
 * other users as friends.
 *
 * <ul>
 *   <li>On each node, some users and one service are <em>at home</em>: they connect to that node only, and send the messages.
 *   <li><em>Roamers</em> connect to any node that runs. Half of their devices leave a server that is silent for seconds; the
 *       other half stay.
 *   <li><em>Restless</em> users connect and disconnect all the time.
 * </ul>
 */
final class Crowd implements AutoCloseable {

    private static final int SENDERS_AT_EACH = 3;
    private static final int ROAMERS = 30;
    private static final int RESTLESS = 8;
    private static final int FRIENDS = 3;
    private static final int MOST_RECIPIENTS = 3;
    private static final long IMPATIENT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PATIENT_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** The time between two messages of one sender; twelve senders send about 300 messages a second. */
    private static final long BETWEEN_SENDS_MILLIS = 40;

    private static final long BETWEEN_QUESTIONS_MILLIS = 200;
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BETWEEN_MOVES_MILLIS = 150;
    private static final String RESTLESS_NAME = "restless";

    private final Nodes nodes;
    private final Ledger ledger;
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(2, daemons("crowd-timer"));
    private final ExecutorService callbacks = Executors.newFixedThreadPool(2, daemons("crowd"));
    private final HttpClient http = HttpClient.newBuilder().executor(callbacks).build();
    private final List<Device> devices = new ArrayList<>();
    private final List<Device> services = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();
    private final Map<Device, Node> roamers = new LinkedHashMap<>();
    private final Map<Device, AtomicBoolean> restless = new LinkedHashMap<>();
    private final List<String> users = new ArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger falsehoods = new AtomicInteger();
    private final Random random = new Random(7);
    private volatile boolean sending;

    /** A device that sends, and the number of its last message. Guarded by itself. */
    private static final class Sender {

        private final int id;
        private final Device device;
        private long number;

        Sender(int id, Device device) {
            this.id = id;
            this.device = device;
        }
    }

    Crowd(Nodes nodes, Ledger ledger) {
        this.nodes = nodes;
        this.ledger = ledger;
        AtomicInteger ids = new AtomicInteger();
        for (Node node : nodes.all()) {
            for (int i = 0; i < SENDERS_AT_EACH; i++) {
                Device device = user("home" + node.index() + "-" + i, node::userPort, PATIENT_NANOS);
                senders.add(new Sender(ids.getAndIncrement(), device));
            }
            Device service = new Device("service", null, node::internalPort, PATIENT_NANOS, http, timers);
            services.add(service);
            senders.add(new Sender(ids.getAndIncrement(), service));
        }
        for (int i = 0; i < ROAMERS; i++) {
            for (int n = 0; n <= i % 2; n++) {
                Node place = nodes.get((i + n) % nodes.all().size());
                roamers.put(
                        user("roamer" + i, () -> portNear(place), (i + n) % 2 == 0 ? IMPATIENT_NANOS : PATIENT_NANOS),
                        place);
            }
        }
        for (int i = 0; i < RESTLESS; i++) {
            Node place = nodes.get(i % nodes.all().size());
            AtomicBoolean away = new AtomicBoolean();
            restless.put(user(RESTLESS_NAME + i, () -> away.get() ? -1 : portNear(place), PATIENT_NANOS), away);
        }
        devices.stream().map(Device::userId).distinct().forEach(users::add);
        timers.scheduleAtFixedRate(this::send, 0, BETWEEN_SENDS_MILLIS, TimeUnit.MILLISECONDS);
        timers.scheduleAtFixedRate(this::comeAndGo, 0, BETWEEN_MOVES_MILLIS, TimeUnit.MILLISECONDS);
        timers.scheduleAtFixedRate(this::question, 0, BETWEEN_QUESTIONS_MILLIS, TimeUnit.MILLISECONDS);
        timers.scheduleAtFixedRate(() -> devices.forEach(Device::leaveIfSilent), 1, 1, TimeUnit.SECONDS);
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private Device user(String userId, IntSupplier ports, long patienceNanos) {
        String token = JWT.create()
                .withSubject(userId)
                .withExpiresAt(Instant.now().plusSeconds(36_000))
                .sign(Algorithm.HMAC256(Nodes.SECRET));
        Device device = new Device(userId, token, ports, patienceNanos, http, timers);
        devices.add(device);
        return device;
    }

    /** The user port of this node, or of another one if it does not run or is frozen; negative if there is none. */
    private int portNear(Node place) {
        List<Node> open = nodes.running().stream()
                .filter(node -> node.userPort() >= 0 && !node.isFrozen())
                .toList();
        synchronized (random) {
            return open.contains(place)
                    ? place.userPort()
                    : open.isEmpty()
                            ? -1
                            : open.get(random.nextInt(open.size())).userPort();
        }
    }

    /** While the crowd sends, one random restless device disconnects or reconnects. */
    private void comeAndGo() {
        if (!sending) {
            return;
        }
        int chosen;
        synchronized (random) {
            chosen = random.nextInt(RESTLESS);
        }
        Device device = List.copyOf(restless.keySet()).get(chosen);
        AtomicBoolean away = Objects.requireNonNull(restless.get(device));
        away.set(!away.get());
        if (away.get()) {
            device.reconnect();
        }
    }

    private static boolean isRestless(String userId) {
        return userId.startsWith(RESTLESS_NAME);
    }

    /** Moves roamers back to the node at which they started. */
    void spread() {
        roamers.forEach((device, place) -> {
            if (device.port() != place.userPort()) {
                device.reconnect();
            }
        });
    }

    List<Device> devices() {
        return devices;
    }

    /** The users that have a connected device. */
    Set<String> connected() {
        return devices.stream()
                .filter(Device::isConnected)
                .map(Device::userId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether every user that can be connected is: users at home on a node that runs, and all roamers. */
    boolean isComplete() {
        Set<String> connected = connected();
        return users.stream()
                .filter(user -> !isRestless(user))
                .filter(user -> !user.startsWith("home")
                        || nodes.get(user.charAt(4) - '0').userPort() >= 0)
                .allMatch(connected::contains);
    }

    /** Stores each user's friends: the next few users of the list. */
    void befriend() {
        Device service = services.stream()
                .filter(Device::isConnected)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no service is connected"));
        List<CompletableFuture<JsonNode>> answers = IntStream.range(0, users.size())
                .mapToObj(i -> {
                    String friends = IntStream.rangeClosed(1, FRIENDS)
                            .mapToObj(n -> "{\"userId\":\"" + users.get((i + n) % users.size()) + "\"}")
                            .collect(Collectors.joining(","));
                    return service.ask(
                            "set_friends", "{\"userId\":\"" + users.get(i) + "\",\"friends\":[" + friends + "]}");
                })
                .toList();
        answers.forEach(answer -> {
            if (!answer.join().path("status").asText().equals("ok")) {
                throw new AssertionError("set_friends: " + answer.join());
            }
        });
    }

    /** Connected devices whose newest status of a friend is wrong. A friend without a status does not count. */
    List<String> misinformed() {
        Set<String> connected = connected();
        List<String> wrong = new ArrayList<>();
        for (Device device : devices) {
            int index = users.indexOf(device.userId());
            for (int n = 1; n <= FRIENDS && device.isConnected(); n++) {
                String friend = users.get((index + n) % users.size());
                String heard = device.statusOf(friend);
                if (heard != null && heard.equals("online") != connected.contains(friend)) {
                    wrong.add(device.userId() + " believes that " + friend + " is " + heard);
                }
            }
        }
        return wrong;
    }

    // Queries.

    /**
     * On each node, one user at home asks which users are online. An answer without the asking user is wrong, unless it says
     * itself that it is incomplete.
     */
    private void question() {
        for (int i = 1; sending && i < senders.size(); i += SENDERS_AT_EACH + 1) {
            Device asker = senders.get(i).device;
            asker.emit("get_all_online_users", "{}", (answer, nanos) -> {
                if (answer == null || answer.path("code").asText().equals("incomplete")) {
                    return;
                } else if (!answer.has("users")) {
                    refusals.incrementAndGet();
                } else if (!answer.path("users").findValuesAsText("userId").contains(asker.userId())) {
                    falsehoods.incrementAndGet();
                }
            });
        }
    }

    /** Sends an event as a user at home on this node, and waits for the ack. */
    JsonNode askAt(Node node, String event, String argument) {
        return senders.get(node.index() * (SENDERS_AT_EACH + 1))
                .device
                .ask(event, argument)
                .join();
    }

    /** How many queries got an error since the last call of this method. */
    int refusals() {
        return refusals.getAndSet(0);
    }

    /** How many queries got a wrong answer since the last call of this method. */
    int falsehoods() {
        return falsehoods.getAndSet(0);
    }

    // Messages.

    void startSending() {
        sending = true;
    }

    void stopSending() {
        sending = false;
    }

    private void send() {
        if (!sending) {
            return;
        }
        for (Sender sender : senders) {
            List<String> recipients;
            synchronized (random) {
                recipients = random.ints(0, users.size())
                        .distinct()
                        .limit(1 + random.nextInt(MOST_RECIPIENTS))
                        .mapToObj(users::get)
                        .toList();
            }
            send(sender, recipients);
        }
    }

    private CompletableFuture<JsonNode> send(Sender sender, List<String> recipients) {
        CompletableFuture<JsonNode> told = new CompletableFuture<>();
        int port = sender.device.port();
        synchronized (sender) { // messages of one sender leave in the order of their numbers
            String text = sender.id + ":" + ++sender.number;
            Ledger.Message message = new Ledger.Message(text, port, recipients, System.nanoTime());
            String ids = recipients.stream().map(id -> '"' + id + '"').collect(Collectors.joining(","));
            ledger.add(message);
            boolean sent = sender.device.emit(
                    "send_message",
                    "{\"recipientIds\":[" + ids + "],\"message\":\"" + text + "\"}",
                    (answer, nanos) -> {
                        message.answered(answer, nanos);
                        if (answer == null) {
                            told.completeExceptionally(new IllegalStateException("disconnected"));
                        } else {
                            told.complete(answer);
                        }
                    });
            if (!sent) {
                ledger.remove(message);
                told.completeExceptionally(new IllegalStateException("not connected"));
            }
        }
        return told;
    }

    /**
     * Whether the cluster works as a whole: every user that can be connected is connected, users of each node reach users of
     * every other node, and every node answers correctly which users are online. Fails, or takes long, if a node does not
     * answer.
     */
    private CompletableFuture<Boolean> isWhole() {
        List<CompletableFuture<Boolean>> checks = new ArrayList<>();
        for (Node from : nodes.running()) {
            Sender sender = senders.get(from.index() * (SENDERS_AT_EACH + 1));
            for (Node to : nodes.running()) {
                if (from != to) {
                    checks.add(send(sender, List.of("home" + to.index() + "-1"))
                            .thenApply(answer -> answer.path("status").asText().equals("sent")));
                }
            }
            checks.add(sender.device.ask("get_all_online_users", "{}").thenApply(this::isRight));
        }
        return CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new))
                .thenApply(done -> isComplete() && checks.stream().allMatch(CompletableFuture::join));
    }

    /**
     * Checks repeatedly until the cluster is whole, but not so often that the checks use up a sender's rate limit. A check
     * does not wait for the one before it.
     *
     * @return the start of the first check that succeeded, in {@link System#nanoTime}
     */
    long awaitWhole(Duration bound) {
        List<Look> looks = new ArrayList<>();
        long[] next = {System.nanoTime()};
        Await.until("the cluster to be whole", bound, () -> {
            long now = System.nanoTime();
            if (now - next[0] >= 0) {
                next[0] = now + BETWEEN_LOOKS_NANOS;
                looks.add(new Look(now, isWhole()));
            }
            return looks.stream().anyMatch(Look::saysWell);
        });
        return looks.stream().filter(Look::saysWell).findFirst().orElseThrow().nanos;
    }

    private record Look(long nanos, CompletableFuture<Boolean> well) {

        boolean saysWell() {
            return well.isDone() && !well.isCompletedExceptionally() && well.join();
        }
    }

    private boolean isRight(JsonNode answer) {
        Set<String> online = new TreeSet<>();
        answer.path("users").forEach(user -> online.add(user.path("userId").asText()));
        boolean isCounted = answer.path("total").asInt() == online.size();
        Set<String> connected = connected();
        online.removeIf(Crowd::isRestless);
        connected.removeIf(Crowd::isRestless);
        return isCounted && online.equals(connected);
    }

    @Override
    public void close() {
        sending = false;
        timers.shutdownNow();
        devices.forEach(Device::close);
        services.forEach(Device::close);
        callbacks.shutdown();
    }
}
