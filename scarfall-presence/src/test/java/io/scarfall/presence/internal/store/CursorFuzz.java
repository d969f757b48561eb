package io.scarfall.presence.internal.store;

import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Cursors that clients send back: a position in their listing, or {@link IllegalArgumentException}. */
public final class CursorFuzz {

    private static final char LISTING = 'o';

    private CursorFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int keys = input.choice(4);
        boolean made = input.flag();
        String text = new String(input.rest(), StandardCharsets.UTF_8);
        Cost.bounded(bytes.length, 200, () -> {
            if (made) {
                checkMade(text);
            } else {
                checkRead(text, keys);
            }
        });
    }

    private static void checkRead(String text, int keys) {
        Cursor cursor;
        try {
            cursor = Cursor.parse(text, LISTING, keys);
        } catch (IllegalArgumentException e) {
            assert e.getMessage().startsWith("cursor: malformed") : e;
            return;
        }
        assert cursor.keys().size() == keys;
        assert cursor.keys().stream().noneMatch(String::isEmpty);
        String again = Cursor.text(LISTING, cursor.keys().toArray(String[]::new));
        assert cursor.equals(Cursor.parse(again, LISTING, keys)) : again;
        for (int i = 0; i < keys; i++) {
            try {
                long number = cursor.number(i, 1L << 53);
                assert number >= 0 && number < 1L << 53 : number;
            } catch (IllegalArgumentException e) {
                assert e.getMessage().startsWith("cursor: malformed") : e;
            }
        }
    }

    /** Lines are keys. */
    private static void checkMade(String text) {
        List<String> keys =
                Arrays.stream(text.split("\n")).filter(key -> !key.isEmpty()).toList();
        String cursor = Cursor.text(LISTING, keys.toArray(String[]::new));
        if (cursor.length() <= 8_192) {
            assert new Cursor(keys).equals(Cursor.parse(cursor, LISTING, keys.size())) : cursor;
        }
    }
}
