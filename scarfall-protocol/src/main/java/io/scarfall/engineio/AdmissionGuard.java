package io.scarfall.engineio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may open a session. Called on the event loop of the connection; must not block. */
@FunctionalInterface
public interface AdmissionGuard {

    /**
     * Admits or refuses a request.
     *
     * @return null to admit the request now; or a stage that admits it by completing, with any value and on any thread,
     *     and refuses it by failing
     * @throws AdmissionRefusedException to refuse the request; a stage may fail with it too. Any other exception also
     *     refuses the request, with a neutral message, and is logged as an error
     */
    @Nullable
    CompletionStage<?> admit(Handshake request) throws AdmissionRefusedException;
}
