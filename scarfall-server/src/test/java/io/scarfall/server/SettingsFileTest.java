package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parsing of a settings file. systemd must read the same values from it. */
class SettingsFileTest {

    private final List<String> problems = new ArrayList<>();

    private Map<String, String> parse(String text) {
        return SettingsFile.parse(text, "f", problems);
    }

    @Test
    void commentsAndBlankLinesAreIgnored() {
        assertThat(parse("# first\n\n  ; second\nA=1\r\n  B = 2 # no comment\nC=\n"))
                .isEqualTo(Map.of("A", "1", "B", "2 # no comment", "C", ""));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"'a b',a b", "\"a 'b'\",a 'b'", "'back\\slash',back\\slash", "it's,it's", "a=b,a=b"})
    void valuesMayBeQuoted(String written, String read) {
        assertThat(parse("A=" + written)).isEqualTo(Map.of("A", read));
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "A,f line 1 is not a setting (expected: NAME=value; or # and a comment)",
                "=1,f line 1 is not a setting (expected: NAME=value; or # and a comment)",
                "1A=1,f line 1 is not a setting (expected: NAME=value; or # and a comment)",
                "export A=1,f line 1 is not a setting (expected: NAME=value; or # and a comment)",
                "A='1,f line 1: A has an unmatched quote; or text after a closing quote",
                "A='1'2,f line 1: A has an unmatched quote; or text after a closing quote",
                "A='1' '2',f line 1: A has an unmatched quote; or text after a closing quote",
                "A=\",f line 1: A has an unmatched quote; or text after a closing quote",
                "A=1\\,f line 1: A has a backslash (expected: in single quotes; all on one line)",
                "A=\"1\\n\",f line 1: A has a backslash (expected: in single quotes; all on one line)",
            })
    void aLineThatSystemdReadsDifferentlyIsRefused(String line, String problem) {
        assertThat(parse(line)).isEmpty();
        assertThat(problems).containsExactly(problem.replace(';', ','));
    }

    @Test
    void aNameMayBeSetOnce() {
        assertThat(parse("A=1\nB=2\nA=3")).isEqualTo(Map.of("A", "1", "B", "2"));
        assertThat(problems).containsExactly("f line 3: A is set again");
    }
}
