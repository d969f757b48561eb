package io.scarfall.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.internal.Transition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values appear in logs, and logs hold no emails. */
class PersonalDataTest {

    private static final String EMAIL = "anna@example.org";

    static Stream<Object> values() {
        Page<String> watchers = new Page<>(List.of("bert"), null, 1);
        return Stream.of(
                new UserPresence("anna", Status.ONLINE, Instant.EPOCH, 1, EMAIL, 1),
                new Transition(Transition.Kind.CAME_ONLINE, "anna", 1, Instant.EPOCH, EMAIL, watchers),
                new TransitionFeed.StatusChange("anna", Status.ONLINE, 1, Instant.EPOCH, EMAIL),
                new Friend("anna", EMAIL));
    }

    @ParameterizedTest
    @MethodSource("values")
    void toStringNamesTheUserAndNoEmail(Object value) {
        assertThat(value.toString()).contains("anna").doesNotContain("example").doesNotContain("bert");
    }
}
