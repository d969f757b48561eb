package io.scarfall.engineio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {

    /** The arguments of a log statement whose text has {@code sid={}}. */
    private static final Pattern SID = Pattern.compile("log\\s*\\.\\w+\\(\\s*\"[^\"]*sid=\\{}[^;]*;");

    @ParameterizedTest
    @ValueSource(strings = {"alice", "user-1@example.org", "/socket.io/", "Zoë", "花子", "a:b,c", "127.0.0.1:80"})
    void aPlainWordStaysAsItIs(String text) {
        assertThat(LogText.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a b,\"a b\"",
                "x level=ERROR,\"x level\\u003dERROR\"",
                "a\"b,\"a\\\"b\"",
                "a\\b,\"a\\\\b\"",
                "`a\nb`,\"a\\u000ab\"",
                "`a\u202Eb`,\"a\\u202eb\"",
                "`a\u2066b`,\"a\\u2066b\"",
                "`a\u200Bb`,\"a\\u200bb\"",
                "`a\u2028b`,\"a\\u2028b\"",
                "`a\u0085b`,\"a\\u0085b\"",
                "`a\u001B[31mb`,\"a\\u001b[31mb\"",
            })
    void textThatCouldForgeKeysOrLinesIsEscaped(String text, String written) {
        assertThat(LogText.of(text)).hasToString(written);
    }

    @Test
    void aLongValueIsCut() {
        assertThat(LogText.of("a".repeat(10_000)).toString())
                .isEqualTo("\"" + "a".repeat(LogText.MAX_LENGTH) + "\"...(10000)");
        assertThat(LogText.of("\uD83D\uDE00".repeat(1_000)).toString()).endsWith("\"...(2000)");
        assertThat(LogText.of("\uD83D")).hasToString("\"\\ud83d\"");
        assertThat(LogText.of("")).hasToString("\"\"");
        assertThat(LogText.of(null)).hasToString("null");
    }

    @Test
    void aSessionIsNamedByADigest() {
        assertThat(LogText.sid("lv_VI97HAXpY6yYWAAAC").toString())
                .matches("[0-9a-f]{12}")
                .isEqualTo(LogText.sid("lv_VI97HAXpY6yYWAAAC").toString())
                .isNotEqualTo(LogText.sid("lv_VI97HAXpY6yYWAAAD").toString());
    }

    @Test
    void noStatementWritesTheIdOfASession() throws IOException {
        for (String module : List.of("scarfall-protocol", "scarfall-gateway", "scarfall-server")) {
            try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path source : sources.filter(path -> path.toString().endsWith(".java"))
                        .toList()) {
                    Matcher statement = SID.matcher(Files.readString(source));
                    while (statement.find()) {
                        assertThat(statement.group()).as(source.toString()).contains("LogText.sid(");
                    }
                }
            }
        }
    }
}
