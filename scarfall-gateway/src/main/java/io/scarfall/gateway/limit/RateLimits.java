package io.scarfall.gateway.limit;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How fast users' events may come. Every event costs something, 1 where nothing else is said; what a session may spend is
 * one {@link Rate}, and what all sessions of a user on this node may spend together another. An event that is beyond either
 * is refused with {@code code: "rate_limited"} and {@code retryAfterMs}. A session whose refusals come so fast that they
 * exhaust a second allowance, as large as the session's, is closed. Immutable.
 *
 * <p>The defaults let a client send as fast as people and games do, and send what it kept while it was away; and they hold
 * what fans out, so that a client alone cannot keep a processor busy.
 *
 * <p>The text form, of {@link #parse} and {@link #toString}, names what differs from the defaults:
 *
 * <pre>{@code
 * off
 * session=200/2000, user=600/6000, send_message=2, mode=count
 * }</pre>
 *
 * @param mode whether they hold
 * @param session of each session; 200 a second, 2,000 at once
 * @param user of all sessions of a user on this node together; 600 a second, 6,000 at once
 * @param recipientsPerCost a {@code send_message} costs 1 more for so many recipients beyond the first 4; 2
 * @param costs by the name of the event, in all namespaces; {@link #CONNECT} is that of joining a namespace. 0 is free
 */
public record RateLimits(Mode mode, Rate session, Rate user, int recipientsPerCost, Map<String, Integer> costs) {

    /** The name of the cost of joining a namespace, which no event can have. */
    public static final String CONNECT = "connect";

    /** The name of the event whose recipients cost too. */
    public static final String SEND_MESSAGE = "send_message";

    /** So many recipients of a message cost nothing more: chats of few are as cheap as any event. */
    static final int INCLUDED_RECIPIENTS = 4;

    private static final String SESSION = "session";
    private static final String USER = "user";
    private static final String RECIPIENTS = "recipients";
    private static final String MODE = "mode";
    private static final Pattern NAME = Pattern.compile("[^,=\\s]{1,128}");
    private static final String FORM = "off, or such as session=200/2000, user=600/6000, send_message=2, mode=count";

    /** Whether limits hold. */
    public enum Mode {
        /** Nothing is looked at. */
        OFF,
        /** What would be refused is counted, and passes. */
        COUNT,
        /** What is beyond a limit is refused. */
        ENFORCE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final RateLimits DEFAULT = new RateLimits(
            Mode.ENFORCE,
            new Rate(200, 2_000),
            new Rate(600, 6_000),
            2,
            Map.of(
                    CONNECT,
                    5,
                    "authenticate",
                    5,
                    SEND_MESSAGE,
                    1,
                    "get_online_users",
                    5,
                    "get_online_friends_only",
                    5,
                    "get_all_online_users",
                    10,
                    "get_detailed_online_users",
                    10));

    /** None. */
    public static final RateLimits OFF = DEFAULT.with(Mode.OFF);

    public RateLimits {
        if (recipientsPerCost < 1) {
            throw new IllegalArgumentException(RECIPIENTS + ": " + recipientsPerCost + " (expected: > 0)");
        }
        costs = Map.copyOf(costs);
        costs.forEach((event, cost) -> {
            if (!NAME.matcher(event).matches() || isSetting(event)) {
                throw new IllegalArgumentException(
                        "event: " + event + " (expected: 1 to 128 characters without , = and space; not " + SESSION
                                + ", " + USER + ", " + RECIPIENTS + " or " + MODE + ")");
            }
            if (cost < 0 || cost > Rate.LARGEST) {
                throw new IllegalArgumentException(
                        event + ": " + cost + " (expected: a cost of 0 to " + Rate.LARGEST + ")");
            }
        });
    }

    private static boolean isSetting(String name) {
        return name.equals(SESSION) || name.equals(USER) || name.equals(RECIPIENTS) || name.equals(MODE);
    }

    /** The same in another mode. */
    public RateLimits with(Mode other) {
        return new RateLimits(other, session, user, recipientsPerCost, costs);
    }

    /** The same with another limit of each session. */
    public RateLimits withSession(int perSecond, int burst) {
        return new RateLimits(mode, new Rate(perSecond, burst), user, recipientsPerCost, costs);
    }

    /** The same with another limit of all sessions of a user together. */
    public RateLimits withUser(int perSecond, int burst) {
        return new RateLimits(mode, session, new Rate(perSecond, burst), recipientsPerCost, costs);
    }

    /** The same with another number of recipients that cost 1 more. */
    public RateLimits withRecipientsPerCost(int recipients) {
        return new RateLimits(mode, session, user, recipients, costs);
    }

    /** The same with another cost of an event. */
    public RateLimits withCost(String event, int cost) {
        Map<String, Integer> all = new TreeMap<>(costs);
        all.put(event, cost);
        return new RateLimits(mode, session, user, recipientsPerCost, all);
    }

    /** What an event costs, recipients aside. */
    int cost(String event) {
        return costs.getOrDefault(event, 1);
    }

    /** What the recipients of a message cost: at most what is left of a full bucket, so that every message can pass. */
    int recipientsCost(int recipients) {
        int most = Math.min(session.burst(), user.burst()) - cost(SEND_MESSAGE);
        return Math.max(0, Math.min((recipients - INCLUDED_RECIPIENTS) / recipientsPerCost, most));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is none, with {@code name: value (expected: ...)}
     */
    public static RateLimits parse(String text) {
        if (text.strip().equals(Mode.OFF.word())) {
            return OFF;
        }
        RateLimits limits = DEFAULT;
        SortedMap<String, String> seen = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String name = part.substring(0, Math.max(0, equals)).strip();
            String value = part.substring(equals + 1).strip();
            if (name.isEmpty() || value.isEmpty()) {
                throw new IllegalArgumentException("rate limits: " + part.strip() + " (expected: " + FORM + ")");
            }
            if (seen.put(name, value) != null) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: once)");
            }
            limits = limits.with(name, value);
        }
        return limits;
    }

    private RateLimits with(String name, String value) {
        return switch (name) {
            case SESSION -> new RateLimits(mode, rate(name, value), user, recipientsPerCost, costs);
            case USER -> new RateLimits(mode, session, rate(name, value), recipientsPerCost, costs);
            case RECIPIENTS -> withRecipientsPerCost(number(name, value, "how many cost 1 more"));
            case MODE -> with(mode(value));
            default -> withCost(name, number(name, value, "a cost of 0 to " + Rate.LARGEST));
        };
    }

    private static Rate rate(String name, String value) {
        String expected = "a rate per second and a burst, such as 200/2000";
        int slash = value.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
        int perSecond = number(name, value.substring(0, slash).strip(), expected);
        int burst = number(name, value.substring(slash + 1).strip(), expected);
        try {
            return new Rate(perSecond, burst);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    private static int number(String name, String value, String expected) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")", e);
        }
    }

    private static Mode mode(String value) {
        for (Mode mode : Mode.values()) {
            if (mode.word().equals(value)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(MODE + ": " + value + " (expected: enforce, count or off)");
    }

    /** The text form: {@code off}, or everything, in an order of its own. */
    @Override
    public String toString() {
        if (equals(OFF)) {
            return mode.word();
        }
        StringBuilder text = new StringBuilder(SESSION + "=" + session + ", " + USER + "=" + user + ", " + RECIPIENTS
                + "=" + recipientsPerCost + ", " + MODE + "=" + mode.word());
        new TreeMap<>(costs)
                .forEach((event, cost) ->
                        text.append(", ").append(event).append('=').append(cost));
        return text.toString();
    }
}
