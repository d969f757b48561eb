package io.scarfall.server.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records the messages that were sent and their acks, and compares them with what the devices received. A message is
 * identified by its text, {@code sender:number}. Thread-safe.
 */
final class Ledger {

    /**
     * A device is expected to have a message only if it stayed connected for this long after the ack: the message may still
     * be on its way when the sender gets the ack.
     */
    private static final long ON_ITS_WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Map<String, Message> messages = new ConcurrentHashMap<>();

    /** A device of a user, which receives messages. */
    interface Receiver {

        String userId();

        /** The texts that it received, in the order of arrival. */
        List<String> messages();

        /** Whether it was connected all the time from start to end, in {@link System#nanoTime}. */
        boolean wasConnected(long start, long end);

        /** Whether it left a port between start and end, in {@link System#nanoTime}. */
        boolean left(int port, long start, long end);

        /** When it was connected, and what it received just before and after a moment: explains a broken guarantee. */
        String story(long moment);
    }

    /** A server that was frozen: its port for users, and when, in {@link System#nanoTime}. */
    record Frozen(int userPort, long sinceNanos) {}

    /** One message. Its ack is null until it arrives, and stays null if the sender's connection ended first. */
    static final class Message {

        private final String text;
        private final int senderPort;
        private final List<String> recipients;
        private final long sentNanos;
        private volatile long ackNanos;
        private volatile @Nullable JsonNode ack;
        private volatile boolean cut;

        Message(String text, int senderPort, List<String> recipients, long sentNanos) {
            this.text = text;
            this.senderPort = senderPort;
            this.recipients = List.copyOf(recipients);
            this.sentNanos = sentNanos;
        }

        void answered(@Nullable JsonNode answer, long nanos) {
            ackNanos = nanos;
            cut = answer == null;
            ack = answer;
        }

        boolean isOpen() {
            return ack == null && !cut;
        }

        /** Whether the ack has {@code partial} or {@code uncertain} recipients. */
        private boolean isCautious() {
            JsonNode answer = ack;
            return answer != null
                    && (answer.path("recipients").has("partial")
                            || answer.path("recipients").has("uncertain"));
        }

        private Set<String> told(String list) {
            Set<String> users = new HashSet<>();
            JsonNode answer = ack;
            if (answer != null) {
                answer.at("/recipients/" + list).forEach(user -> users.add(user.asText()));
            }
            return users;
        }
    }

    /**
     * The counts over all messages.
     *
     * @param messages messages that were sent
     * @param cut messages whose sender lost its connection before the ack
     * @param unanswered messages without an ack whose sender is still connected
     * @param sent recipients in {@code sent}
     * @param failed recipients in {@code failed} but not in {@code uncertain}
     * @param uncertain recipients in {@code uncertain}
     * @param partial recipients in {@code sent} that the ack named in {@code partial}
     * @param slowestAckMillis the slowest ack of servers that were never frozen
     * @param lost recipients in {@code sent} that no device got, although one was connected from before the send until after
     *     the ack; without those that count as {@code missedAsTold}
     * @param missed devices that were connected all that time and did not get a message that another device of their user
     *     got, without {@code partial}
     * @param missedAsTold the same, with the user in {@code partial}; also those that no device got, if the sender's server
     *     was frozen and a device of the user left it meanwhile: the server may count a device until it reads that it left
     * @param phantom recipients in {@code failed}, not in {@code uncertain}, that got the message
     * @param duplicated messages that a device got again
     * @param reordered messages that a device got after a later one of the same sender
     * @param examples up to 20 examples of what must not happen
     */
    record Verdict(
            int messages,
            int cut,
            int unanswered,
            int sent,
            int failed,
            int uncertain,
            int partial,
            long slowestAckMillis,
            int lost,
            int missed,
            int missedAsTold,
            int phantom,
            int duplicated,
            int reordered,
            List<String> examples) {}

    void add(Message message) {
        messages.put(message.text, message);
    }

    /** Removes a message that could not be sent. */
    void remove(Message message) {
        messages.remove(message.text);
    }

    int size() {
        return messages.size();
    }

    /** How many messages have no ack yet and a sender that is still connected. */
    long open() {
        return messages.values().stream().filter(Message::isOpen).count();
    }

    /** When the last message with {@code partial} or {@code uncertain} in its ack was sent; {@code from} if that is later. */
    long lastCautious(long from) {
        return messages.values().stream()
                .filter(Message::isCautious)
                .mapToLong(message -> message.sentNanos)
                .reduce(from, (one, other) -> other - one > 0 ? other : one);
    }

    void clear() {
        messages.clear();
    }

    /**
     * Compares what was acked with what the devices received.
     *
     * @param stopped servers that were frozen, by each of their ports; the time of acks from them is not measured
     */
    Verdict judge(Collection<? extends Receiver> devices, Map<Integer, Frozen> stopped) {
        return new Judgement(devices, stopped).verdict();
    }

    private final class Judgement {

        private final Map<String, List<Receiver>> byUser;
        private final Map<Receiver, Set<String>> got = new HashMap<>();
        private final List<String> examples = new ArrayList<>();
        private final Map<Integer, Frozen> stopped;
        private int cut;
        private int unanswered;
        private int sent;
        private int failed;
        private int uncertain;
        private int partial;
        private long slowestNanos;
        private int lost;
        private int missed;
        private int missedAsTold;
        private int phantom;
        private int duplicated;
        private int reordered;

        Judgement(Collection<? extends Receiver> devices, Map<Integer, Frozen> stopped) {
            byUser = devices.stream().collect(Collectors.groupingBy(Receiver::userId, Collectors.toList()));
            this.stopped = stopped;
            devices.forEach(this::look);
            messages.values().forEach(this::look);
        }

        Verdict verdict() {
            return new Verdict(
                    messages.size(),
                    cut,
                    unanswered,
                    sent,
                    failed,
                    uncertain,
                    partial,
                    TimeUnit.NANOSECONDS.toMillis(slowestNanos),
                    lost,
                    missed,
                    missedAsTold,
                    phantom,
                    duplicated,
                    reordered,
                    examples);
        }

        private void look(Receiver device) {
            Set<String> texts = new HashSet<>();
            Map<String, Long> newest = new HashMap<>();
            for (String text : device.messages()) {
                int colon = text.indexOf(':');
                long number = Long.parseLong(text, colon + 1, text.length(), 10);
                if (!texts.add(text)) {
                    duplicated++;
                    example("duplicated", text, device.userId());
                } else {
                    Long before = newest.put(text.substring(0, colon), number);
                    if (before != null && before > number) {
                        reordered++;
                        example("reordered after " + before, text, device.userId());
                    }
                }
            }
            got.put(device, texts);
        }

        private void look(Message message) {
            cut += message.cut ? 1 : 0;
            unanswered += message.isOpen() ? 1 : 0;
            if (message.ack == null) {
                return;
            }
            if (!stopped.containsKey(message.senderPort)) {
                slowestNanos = Math.max(slowestNanos, message.ackNanos - message.sentNanos);
            }
            Set<String> tellsSent = message.told("sent");
            Set<String> tellsUncertain = message.told("uncertain");
            Set<String> tellsPartial = message.told("partial");
            for (String userId : message.recipients) {
                List<Receiver> devices = byUser.getOrDefault(userId, List.of());
                boolean arrived = devices.stream().anyMatch(device -> got(device, message));
                if (tellsSent.contains(userId)) {
                    boolean isPartial = tellsPartial.contains(userId);
                    sent++;
                    partial += isPartial ? 1 : 0;
                    lookForLoss(message, userId, devices, arrived, isPartial);
                } else if (tellsUncertain.contains(userId)) {
                    uncertain++;
                } else {
                    failed++;
                    if (arrived) {
                        phantom++;
                        example("phantom", message.text, userId);
                    }
                }
            }
        }

        private void lookForLoss(
                Message message, String userId, List<Receiver> devices, boolean arrived, boolean isPartial) {
            List<Receiver> owed = devices.stream()
                    .filter(device -> !got(device, message))
                    .filter(device -> device.wasConnected(message.sentNanos, message.ackNanos + ON_ITS_WAY_NANOS))
                    .toList();
            if (isPartial && (arrived || leftWhileFrozen(message, devices))) {
                missedAsTold += owed.size();
            } else if (arrived) {
                missed += owed.size();
                if (!owed.isEmpty()) {
                    example("missed", message, userId, owed);
                }
            } else if (!owed.isEmpty()) {
                lost++;
                example("lost", message, userId, owed);
            }
        }

        private boolean leftWhileFrozen(Message message, List<Receiver> devices) {
            Frozen server = stopped.get(message.senderPort);
            return server != null
                    && devices.stream()
                            .anyMatch(device -> device.left(server.userPort, server.sinceNanos, message.ackNanos));
        }

        private boolean got(Receiver device, Message message) {
            return got.getOrDefault(device, Set.of()).contains(message.text);
        }

        private void example(String what, String text, String userId) {
            if (examples.size() < 20) {
                examples.add(what + " " + text + " at " + userId);
            }
        }

        private void example(String what, Message message, String userId, List<Receiver> devices) {
            long ackMillis = TimeUnit.NANOSECONDS.toMillis(message.ackNanos - message.sentNanos);
            example(
                    what,
                    message.text,
                    userId
                            + devices.stream()
                                    .map(device -> device.story(message.sentNanos))
                                    .collect(Collectors.joining(
                                            "; ",
                                            " (at 0 ms to port " + message.senderPort + ", ack at " + ackMillis
                                                    + " ms: " + message.ack + "; ",
                                            ")")));
        }
    }
}
