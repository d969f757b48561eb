package io.scarfall.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * How fast users may send events. Every event has a cost, 1 unless another one is set. One {@link Rate} bounds what a session may
 * spend, another one what all sessions of a user on this node may spend together. An event beyond either of them is refused
 * with {@code code: "rate_limited"} and {@code retryAfterMs}. A session that keeps sending is closed when its refused events
 * exhaust a second allowance, as large as the session's. Immutable.
 *
 * <p>The defaults let a client send as fast as people and games do, and send what it collected while it was offline. They bound
 * what fans out, so that one client cannot occupy a processor.
 *
 * <p>The text form, of {@link #parse} and {@link #toString}, names what differs from the defaults:
 *
 * <pre>{@code
 * off
 * session=200/2000, user=600/6000, send_message=2, mode=count
 * }</pre>
 *
 * @param mode whether the limits are enforced
 * @param session for each session; 200 a second, 2,000 at once
 * @param user for all sessions of a user on this node together; 600 a second, 6,000 at once
 * @param recipientsPerCost a {@code send_message} costs 1 more per this many recipients beyond the first 4; 2
 * @param listedPerCost a query costs 1 more per this many users that it lists or looks at; 10
 * @param queries how many queries of a user may run on this node, and how many more may wait; 2 and 50
 * @param requests how many requests of a service's connection may run, messages aside, and how many more may wait; 32 and 1,000
 * @param costs the cost of each event by its name, in all namespaces; {@link #CONNECT} is that of joining a namespace. 0 is
 *     free
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

    /** The name of the event that costs more with more recipients. */
    public static final String SEND_MESSAGE = "send_message";

    /** This many recipients of a message cost nothing: a chat of a few users is as cheap as any event. */
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
     * How much may run at once; anything beyond both numbers is refused.
     *
     * @param most how many may run; 1 to 1,000,000
     * @param waiting how many more may wait for their turn; 0 to 1,000,000
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

    /** Whether limits are enforced. */
    public enum Mode {
        /** Nothing is counted or refused. */
        OFF,
        /** Events beyond a limit are counted, and pass. */
        COUNT,
        /** Events beyond a limit are refused. */
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

    /** No limits. */
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

    /** The same with another bound for the running queries of a user. */
    public RateLimits withQueries(UnderWay other) {
        return new RateLimits(mode, session, user, recipientsPerCost, listedPerCost, other, requests, costs);
    }

    /** The same with another bound for the running requests of a service. */
    public RateLimits withRequests(UnderWay other) {
        return new RateLimits(mode, session, user, recipientsPerCost, listedPerCost, queries, other, costs);
    }

    /** The limits of services. Services are trusted and have no rates, but what runs at once is bounded. */
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

    /** The cost of an event, without its recipients. */
    public int cost(String event) {
        return costs.getOrDefault(event, 1);
    }

    /**
     * The cost of the recipients of a message; at most the rest of a full bucket, so that every message can pass.
     */
    public int recipientsCost(int recipients) {
        int most = Math.min(session.burst(), user.burst()) - cost(SEND_MESSAGE);
        return Math.max(0, Math.min((recipients - INCLUDED_RECIPIENTS) / recipientsPerCost, most));
    }

    /**
     * The cost of the users that a query lists; at most the rest of a full bucket, so that every query can pass.
     */
    public int listedCost(int listed) {
        int most = Math.min(session.burst(), user.burst()) / 2;
        return Math.max(0, Math.min(listed / listedPerCost, most));
    }

    /** The cost of a status change for its user: as much as a message to those who watch the user. */
    public int changeCost(long watchers) {
        return recipientsCost((int) Math.min(Integer.MAX_VALUE, watchers));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if the text is malformed, with {@code name: value (expected: ...)}
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

    /** The text form: {@code off}, or all values in a fixed order. */
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
