package io.scarfall.spring.internal;

import io.scarfall.gateway.UserCall;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** The principals of users, if the application has Spring Security. Thread-safe. */
interface PrincipalSource {

    /** There are no principals. */
    PrincipalSource NONE = new PrincipalSource() {

        @Override
        public boolean exist() {
            return false;
        }

        @Override
        public @Nullable Principal of(UserCall user) {
            return null;
        }
    };

    /** Whether there are principals. */
    boolean exist();

    /** The principal of the user that sent an event. */
    @Nullable
    Principal of(UserCall user);
}
