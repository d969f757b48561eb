package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BytesTest {

    /** Every border of RFC 3629, section 4, with its neighbours on both sides. */
    private static final int[] BORDERS = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    private final CharsetDecoder oracle = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(1000);

    @Test
    void areComparedByContent() {
        Bytes slice = Bytes.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3);
        assertThat(slice).isEqualTo(Bytes.copyOf((byte) 1, (byte) 2, (byte) 3));
        assertThat(slice).hasSameHashCodeAs(Bytes.copyOf((byte) 1, (byte) 2, (byte) 3));
        assertThat(slice).isNotEqualTo(Bytes.copyOf((byte) 1, (byte) 2)).isNotEqualTo(Bytes.EMPTY);
        assertThat(slice).isNotEqualTo("\1\2\3");
    }

    @Test
    void slicesShareTheArray() {
        byte[] array = "0hello".getBytes(StandardCharsets.US_ASCII);
        Bytes bytes = Bytes.wrap(array);
        assertThat(bytes.from(1).utf8()).isEqualTo("hello");
        assertThat(bytes.from(1).slice(1, 3).utf8()).isEqualTo("el");
        assertThat(bytes.from(1).slice(1, 3).array()).isSameAs(array);
        assertThat(bytes.from(6)).isSameAs(Bytes.EMPTY);
        assertThat(bytes.from(1).at(4)).isEqualTo((byte) 'o');
    }

    @Test
    void copiesAreTheirOwn() {
        byte[] array = {1, 2};
        Bytes copy = Bytes.copyOf(array);
        array[0] = 9;
        assertThat(copy.at(0)).isEqualTo((byte) 1);
        assertThat(copy.toByteArray()).isNotSameAs(copy.array()).containsExactly(1, 2);
        byte[] target = new byte[4];
        assertThat(copy.copyTo(target, 1)).isEqualTo(3);
        assertThat(target).containsExactly(0, 1, 2, 0);
    }

    @Test
    void noIndexLeavesTheSlice() {
        Bytes slice = Bytes.wrap(new byte[] {9, 1, 2, 9}, 1, 2);
        assertThatThrownBy(() -> slice.at(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.at(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.from(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Bytes.wrap(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void toStringShowsNoContent() {
        assertThat(Bytes.utf8("secret")).hasToString("Bytes[6]");
    }

    @Test
    void unpairedSurrogatesBecomeQuestionMarks() {
        assertThat(Bytes.utf8("a\uD800b").utf8()).isEqualTo("a?b");
    }

    @Test
    void utf8OfUpToThreeBytesIsCheckedAsInTheJdk() {
        check();
        for (int a = 0; a < 256; a++) {
            check(a);
            for (int b = 0; b < 256; b++) {
                check(a, b);
            }
        }
        for (int a = 0xDF; a <= 0xF0; a++) {
            for (int b = 0x7F; b <= 0xC0; b++) {
                for (int c = 0; c < 256; c++) {
                    check(a, b, c);
                }
            }
        }
    }

    @Test
    void utf8AtEveryBorderOfFourBytesIsCheckedAsInTheJdk() {
        for (int a : BORDERS) {
            for (int b : BORDERS) {
                for (int c : BORDERS) {
                    for (int d : BORDERS) {
                        check(a, b, c, d);
                    }
                }
            }
        }
    }

    @Test
    void damagedUtf8IsCheckedAsInTheJdkAtEveryOffset() {
        Randomly.repeat(20_000, random -> {
            byte[] text = ("x".repeat(random.nextInt(20)) + Randomly.text(random, 20)).getBytes(StandardCharsets.UTF_8);
            for (int damage = random.nextInt(3); damage > 0 && text.length > 0; damage--) {
                text[random.nextInt(text.length)] = (byte) BORDERS[random.nextInt(BORDERS.length)];
            }
            int from = random.nextInt(text.length + 1);
            int to = from + random.nextInt(text.length - from + 1);
            check(text, from, to - from);
        });
    }

    private void check(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        check(array, 0, array.length);
    }

    private void check(byte[] array, int offset, int length) {
        CoderResult result = oracle.reset().decode(ByteBuffer.wrap(array, offset, length), decoded.clear(), true);
        boolean expected = !result.isError();
        if (Bytes.wrap(array, offset, length).isUtf8() != expected) {
            throw new AssertionError("well-formed: " + expected + ", but not taken so: "
                    + Arrays.toString(Arrays.copyOfRange(array, offset, offset + length)));
        }
    }
}
