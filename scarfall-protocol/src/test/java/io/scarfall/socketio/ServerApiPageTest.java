package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineServer;
import io.scarfall.socketio.packet.Arguments;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that compares the server APIs names members that exist. */
class ServerApiPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+?) \\| (.*?) ?\\|$");
    private static final Pattern MEMBER = Pattern.compile("`((?:[A-Z]\\w*\\.)+)(\\w+)`");
    private static final Pattern TYPE = Pattern.compile("`(?:new )?([A-Z][A-Za-z]*)`");

    private static final List<String> PACKAGES = Stream.of(Socket.class, EngineServer.class, Arguments.class)
            .map(Class::getPackageName)
            .toList();

    @Test
    void everyMemberExistsAndIsPublic() throws IOException {
        List<String> cells = ROW.matcher(Files.readString(Path.of("../docs/socketio-api.md")))
                .results()
                .map(row -> row.group(2) + " " + row.group(3))
                .toList();
        List<String> missing = new ArrayList<>();
        int members = 0;
        for (String cell : cells) {
            for (MatchResult named : MEMBER.matcher(cell).results().toList()) {
                members++;
                String type = named.group(1).substring(0, named.group(1).length() - 1);
                if (!has(type(type), named.group(2))) {
                    missing.add(named.group());
                }
            }
            TYPE.matcher(cell).results().forEach(named -> {
                if (!named.group(1).equals("CompletionStage") && !named.group(1).equals("Origin")) {
                    assertThat(type(named.group(1))).isPublic();
                }
            });
        }
        assertThat(missing).isEmpty();
        assertThat(members).isGreaterThan(80);
    }

    private static Class<?> type(String name) {
        for (String each : PACKAGES) {
            try {
                return Class.forName(each + "." + name.replace('.', '$'));
            } catch (ClassNotFoundException e) {
                // perhaps it is in another package
            }
        }
        throw new AssertionError("no such type: " + name);
    }

    private static boolean has(Class<?> type, String member) {
        return Stream.concat(
                        Stream.of(type.getMethods()).map(Method::getName),
                        Stream.of(type.getFields()).map(Field::getName))
                .anyMatch(member::equals);
    }
}
