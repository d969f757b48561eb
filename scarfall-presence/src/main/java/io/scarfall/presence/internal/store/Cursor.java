package io.scarfall.presence.internal.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A position in a listing: the keys of the item before it. Clients send its text back, so it is parsed with
 * suspicion. Immutable.
 *
 * @param keys from coarse to fine; their meaning is up to the listing
 */
public record Cursor(List<String> keys) {

    private static final int MAX_LENGTH = 8_192; // two ids of 512 characters, three bytes each, in base 64: 4,100

    /**
     * Parses the text of a cursor.
     *
     * @param listing the mark of the listing, so that the cursor of another listing is refused
     * @param keyCount how many keys a position in this listing has
     * @return {@code null} for {@code null}, the beginning
     */
    public static @Nullable Cursor parse(@Nullable String text, char listing, int keyCount) {
        if (text == null) {
            return null;
        }
        if (text.length() > MAX_LENGTH) {
            throw malformed();
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != keyCount + 1 || !parts[0].equals(String.valueOf(listing))) {
            throw malformed();
        }
        List<String> keys = new ArrayList<>(keyCount);
        for (int i = 1; i < parts.length; i++) {
            keys.add(decode(parts[i]));
        }
        return new Cursor(List.copyOf(keys));
    }

    /** The text that {@link #parse} reads. */
    public static String text(char listing, String... keys) {
        StringBuilder text = new StringBuilder().append(listing);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        for (String key : keys) {
            text.append('.').append(encoder.encodeToString(key.getBytes(StandardCharsets.UTF_8)));
        }
        return text.toString();
    }

    /**
     * One of the keys, as a number.
     *
     * @throws IllegalArgumentException if it is not a number from 0 to {@code end - 1}
     */
    public long number(int index, long end) {
        long number;
        try {
            number = Long.parseLong(keys.get(index));
        } catch (NumberFormatException e) {
            throw malformed();
        }
        if (number < 0 || number >= end) {
            throw malformed();
        }
        return number;
    }

    /** One of the keys. */
    public String key(int index) {
        return keys.get(index);
    }

    private static String decode(String part) {
        try {
            byte[] utf8 = Base64.getUrlDecoder().decode(part);
            String key = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            if (key.isEmpty()) {
                throw malformed();
            }
            return key;
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("cursor: malformed (expected: the nextCursor of an earlier page)");
    }
}
