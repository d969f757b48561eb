package io.scarfall.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
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
 * @param listedPerCost a query costs 1 more for so many users that it lists or looks at; 10
 * @param queries how many queries of a user may be under way on this node, and how many more wait; 2 and 50
 * @param requests the same for what a connection of a service asks for, messages aside; 32 and 1,000
 * @param costs by the name of the event, in all namespaces; {@link #CONNECT} is that of joining a namespace. 0 is free
 */
public record RateLimits(
        Mode mode,
        Rate session,
        Rate user,
        int recipientsPerCost,
        int listedPerCost,
        UnderWay queries,
        UnderWay requests,
        Map<String, Integer> costs) {

    /** The name of the cost of joining a namespace, which no event can have. */
    public static final String CONNECT = "connect";

    /** The name of the event whose recipients cost too. */
    public static final String SEND_MESSAGE = "send_message";

    /** So many recipients of a message cost nothing more: chats of few are as cheap as any event. */
    public static final int INCLUDED_RECIPIENTS = 4;

    private static final String SESSION = "session";
    private static final String USER = "user";
    private static final String RECIPIENTS = "recipients";
    private static final String LISTED = "listed";
    private static final String QUERIES = "queries";
    private static final String REQUESTS = "requests";
    private static final String MODE = "mode";
    private static final List<String> SETTINGS = List.of(SESSION, USER, RECIPIENTS, LISTED, QUERIES, REQUESTS, MODE);
    private static final Pattern NAME = Pattern.compile("[^,=\\s]{1,128}");
    private static final String FORM = "off, or such as session=200/2000, user=600/6000, send_message=2, mode=count";

    /**
     * How much may be under way at once; what is beyond both numbers is refused.
     *
     * @param most how many are worked on; 1 to 1,000,000
     * @param waiting how many more wait for their turn; 0 to 1,000,000
     */
    public record UnderWay(int most, int waiting) {

        public UnderWay {
            if (most < 1 || most > Rate.LARGEST || waiting < 0 || waiting > Rate.LARGEST) {
                throw new IllegalArgumentException(most + "/" + waiting + " (expected: how many may be under way, 1 to "
                        + Rate.LARGEST + ", and how many may wait, such as 2/50)");
            }
        }

        /** {@code most/waiting}. */
        @Override
        public String toString() {
            return most + "/" + waiting;
        }
    }

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
            10,
            new UnderWay(2, 50),
            new UnderWay(32, 1_000),
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
        Check.positive(RECIPIENTS, recipientsPerCost);
        Check.positive(LISTED, listedPerCost);
        costs = Map.copyOf(costs);
        costs.forEach((event, cost) -> {
            if (!NAME.matcher(event).matches() || isSetting(event)) {
                throw new IllegalArgumentException("event: " + event
                        + " (expected: 1 to 128 characters without , = and space; none of " + SETTINGS + ")");
            }
            Check.that(cost >= 0 && cost <= Rate.LARGEST, event, cost, "a cost of 0 to " + Rate.LARGEST);
        });
    }

    private static boolean isSetting(String name) {
        return SETTINGS.contains(name);
    }

    /** The same in another mode. */
    public RateLimits with(Mode other) {
        return new RateLimits(other, session, user, recipientsPerCost, listedPerCost, queries, requests, costs);
    }

    /** The same with another limit of each session. */
    public RateLimits withSession(int perSecond, int burst) {
        return with(new Rate(perSecond, burst), user);
    }

    /** The same with another limit of all sessions of a user together. */
    public RateLimits withUser(int perSecond, int burst) {
        return with(session, new Rate(perSecond, burst));
    }

    private RateLimits with(Rate ofSession, Rate ofUser) {
        return new RateLimits(mode, ofSession, ofUser, recipientsPerCost, listedPerCost, queries, requests, costs);
    }

    /** The same with another number of recipients that cost 1 more. */
    public RateLimits withRecipientsPerCost(int recipients) {
        return new RateLimits(mode, session, user, recipients, listedPerCost, queries, requests, costs);
    }

    /** The same with another number of listed users that cost 1 more. */
    public RateLimits withListedPerCost(int listed) {
        return new RateLimits(mode, session, user, recipientsPerCost, listed, queries, requests, costs);
    }

    /** The same with another bound for the queries of a user that are under way. */
    public RateLimits withQueries(UnderWay other) {
        return new RateLimits(mode, session, user, recipientsPerCost, listedPerCost, other, requests, costs);
    }

    /** The same with another bound for what a connection of a service asks for. */
    public RateLimits withRequests(UnderWay other) {
        return new RateLimits(mode, session, user, recipientsPerCost, listedPerCost, queries, other, costs);
    }

    /** What holds for services: they are trusted, so nothing is too fast, but what is under way is bounded. */
    RateLimits forServices() {
        Rate any = new Rate(Rate.LARGEST, Rate.LARGEST);
        return with(any, any).withQueries(requests);
    }

    /** The same with another cost of an event. */
    public RateLimits withCost(String event, int cost) {
        Map<String, Integer> all = new TreeMap<>(costs);
        all.put(event, cost);
        return new RateLimits(mode, session, user, recipientsPerCost, listedPerCost, queries, requests, all);
    }

    /** What an event costs, recipients aside. */
    public int cost(String event) {
        return costs.getOrDefault(event, 1);
    }

    /** What the recipients of a message cost: at most what is left of a full bucket, so that every message can pass. */
    public int recipientsCost(int recipients) {
        int most = Math.min(session.burst(), user.burst()) - cost(SEND_MESSAGE);
        return Math.max(0, Math.min((recipients - INCLUDED_RECIPIENTS) / recipientsPerCost, most));
    }

    /** What the users cost that a query lists: at most what is left of a full bucket, so that every query can pass. */
    public int listedCost(int listed) {
        int most = Math.min(session.burst(), user.burst()) / 2;
        return Math.max(0, Math.min(listed / listedPerCost, most));
    }

    /** What a change of status costs its user: as much as a message to those who watch it. */
    public int changeCost(long watchers) {
        return recipientsCost((int) Math.min(Integer.MAX_VALUE, watchers));
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
            case SESSION -> with(rate(name, value), user);
            case USER -> with(session, rate(name, value));
            case LISTED -> withListedPerCost(number(name, value, "how many listed users cost 1 more"));
            case QUERIES -> withQueries(underWay(name, value));
            case REQUESTS -> withRequests(underWay(name, value));
            case RECIPIENTS -> withRecipientsPerCost(number(name, value, "how many cost 1 more"));
            case MODE -> with(mode(value));
            default -> withCost(name, number(name, value, "a cost of 0 to " + Rate.LARGEST));
        };
    }

    private static Rate rate(String name, String value) {
        return pair(name, value, "a rate per second and a burst, such as 200/2000", Rate::new);
    }

    private static UnderWay underWay(String name, String value) {
        return pair(name, value, "how many may be under way and how many may wait, such as 2/50", UnderWay::new);
    }

    private static <T> T pair(String name, String value, String expected, BiFunction<Integer, Integer, T> make) {
        int slash = value.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
        int one = number(name, value.substring(0, slash).strip(), expected);
        int other = number(name, value.substring(slash + 1).strip(), expected);
        try {
            return make.apply(one, other);
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
                + "=" + recipientsPerCost + ", " + LISTED + "=" + listedPerCost + ", " + QUERIES + "=" + queries + ", "
                + REQUESTS + "=" + requests + ", " + MODE + "=" + mode.word());
        new TreeMap<>(costs)
                .forEach((event, cost) ->
                        text.append(", ").append(event).append('=').append(cost));
        return text.toString();
    }
}
