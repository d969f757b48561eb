package io.scarfall.presence.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "user.1", "anna \u00e4 \ud83d\ude00", "\u0000", "a\nb"})
    void textIsReadBothWays(String key) {
        Cursor one = Cursor.parse(Cursor.text('o', key), 'o', 1);
        Cursor two = Cursor.parse(Cursor.text('s', key, "second"), 's', 2);
        assertThat(one)
                .isNotNull()
                .satisfies(cursor -> assertThat(cursor.keys()).containsExactly(key));
        assertThat(two)
                .isNotNull()
                .satisfies(cursor -> assertThat(cursor.keys()).containsExactly(key, "second"));
    }

    @Test
    void theLargestIdsFit() {
        String id = "\u20ac".repeat(512);
        assertThat(Cursor.parse(Cursor.text('s', id, id), 's', 2)).isNotNull();
    }

    @Test
    void noneIsTheBeginning() {
        assertThat(Cursor.parse(null, 'o', 1)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "o", "o.", "x.YQ", "o.YQ.YQ", "oo.YQ", "o.Y Q", "o._w", "o.====", "\u0000.YQ", "o.\ud800"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Cursor.parse(text, 'o', 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cursor: malformed (expected: the nextCursor of an earlier page)");
    }
}
