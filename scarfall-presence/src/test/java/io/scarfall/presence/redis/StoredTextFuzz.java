package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The texts that are kept in Redis or given to readers of the feed: each is read as it was written, or throws {@link
 * IllegalArgumentException}.
 */
public final class StoredTextFuzz {

    private static final int PARTITIONS = 3;

    private StoredTextFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int kind = input.choice(5);
        String text = new String(input.rest(), StandardCharsets.UTF_8);
        Cost.bounded(bytes.length, 1_000, () -> {
            switch (kind) {
                case 0 -> checkFields(text);
                case 1 -> check(text, NodeId::parse, NodeId::toString);
                case 2 -> check(text, Target::parse, Target::text);
                case 3 -> checkPosition(text);
                default -> checkState(text);
            }
        });
    }

    /** A text that was read is written as a text that is read as the same. */
    private static <T> void check(String text, Function<String, T> read, Function<T, String> write) {
        T value = read(text, read);
        if (value != null) {
            assert value.equals(read.apply(write.apply(value))) : value;
        }
    }

    private static <T> @Nullable T read(String text, Function<String, T> read) {
        try {
            return read.apply(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static void checkFields(String text) {
        String field = Fields.of(text);
        assert field.indexOf('\t') < 0 && field.indexOf('\n') < 0 && !field.equals(Fields.NONE) : field;
        assert text.equals(Fields.text(field)) : field;
        assert text.equals(Fields.unescape(Fields.escape(text)));
        String unescaped = read(text, Fields::unescape);
        assert unescaped == null
                        || text.indexOf('\t') >= 0
                        || text.indexOf('\n') >= 0
                        || Fields.escape(unescaped).equals(text)
                : unescaped;
    }

    private static void checkPosition(String text) {
        FeedPosition position = read(text, from -> FeedPosition.parse(from, PARTITIONS));
        if (position == null) {
            return;
        }
        assert position.first() >= 0 && position.first() < PARTITIONS : position.first();
        String again = position.text();
        assert FeedPosition.parse(again, PARTITIONS).text().equals(again) : again;
        for (int p = 0; p < PARTITIONS; p++) {
            assert position.id(p) != null && position.boundary(p) != null;
            position.isGap(p, null);
            position.isGap(p, "1-2");
        }
    }

    private static void checkState(String text) {
        UserState state = read(text, UserState::parse);
        assert state == null || state.told() != null;
    }
}
