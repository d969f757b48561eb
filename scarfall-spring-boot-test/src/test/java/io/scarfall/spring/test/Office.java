package io.scarfall.spring.test;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.spring.OnEvent;
import io.scarfall.spring.ScarfallController;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The application of the tests: one controller, and a roster of its own. */
@SpringBootConfiguration
@EnableAutoConfiguration
class Office {

    /** A bean, because it is a component inside a configuration. */
    @ScarfallController
    static class Desk {

        private final Messages messages;

        Desk(Messages messages) {
            this.messages = messages;
        }

        @OnEvent("who")
        String who(Identity user) {
            return user.userId();
        }

        @OnEvent("tell")
        CompletionStage<Boolean> tell(String recipient, String text) {
            return messages.sendMessage(List.of(recipient), text, null)
                    .thenApply(delivery -> delivery.sent().contains(recipient));
        }
    }

    /** Bob is everyone's friend. */
    @Bean
    Roster everyoneKnowsBob() {
        return new Roster() {
            @Override
            public CompletionStage<List<Friend>> friends(String userId) {
                return CompletableFuture.completedFuture(List.of(Friend.of("bob")));
            }

            @Override
            public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
                return CompletableFuture.completedFuture(new Page<>(List.of(), null, 0));
            }
        };
    }
}
