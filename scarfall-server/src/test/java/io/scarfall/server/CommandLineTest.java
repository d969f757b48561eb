package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.server.CommandLine.Task;
import io.scarfall.server.CommandLine.TokenRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parsing of the program's arguments. */
class CommandLineTest {

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(List.of(arguments));
    }

    @Test
    void withoutArgumentsTheServerRuns() {
        assertThat(parse()).isEqualTo(new CommandLine(Task.RUN, null, false, null));
    }

    @Test
    void optionsComeInAnyOrder() {
        assertThat(parse("--print-config", "--dev", "--config", "f"))
                .isEqualTo(new CommandLine(Task.PRINT_CONFIG, "f", true, null));
        assertThat(parse("--config", "f", "--dev")).isEqualTo(new CommandLine(Task.RUN, "f", true, null));
        assertThat(parse("-h").task()).isEqualTo(Task.HELP);
        assertThat(parse("--version").task()).isEqualTo(Task.VERSION);
    }

    @Test
    void tokenTakesAUserAndItsOptions() {
        assertThat(parse("token", "alice"))
                .isEqualTo(new CommandLine(Task.TOKEN, null, false, new TokenRequest("alice", null, null)));
        assertThat(parse("--config", "f", "token", "alice", "--expires", "1h", "--email", "a@example.com"))
                .isEqualTo(new CommandLine(Task.TOKEN, "f", false, new TokenRequest("alice", "a@example.com", "1h")));
    }

    @ParameterizedTest
    @CsvSource({
        "--devel, unknown option --devel",
        "alice, unknown option alice",
        "--config, --config needs a value",
        "--config --dev, --config needs a value",
        "token, token needs a value",
        "token alice --email, --email needs a value",
        "--expires 1h, --email and --expires belong to token",
        "--help --version, these options do not go together",
        "token alice --print-config, these options do not go together",
        "token alice token bob, these options do not go together",
    })
    void invalidArgumentsAreRefusedWithTheirReason(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments.split(" "))).hasMessage(message);
    }
}
