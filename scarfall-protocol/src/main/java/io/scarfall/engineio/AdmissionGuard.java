package io.scarfall.engineio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may open a session. Called on the connection's event loop; must not block. */
@FunctionalInterface
public interface AdmissionGuard {

    /**
     * Admits or refuses a request.
     *
     * @return null to admit it now, or a stage that admits it by completing and refuses it by failing
     * @throws AdmissionRefusedException to refuse it, as does a stage that fails with it. Every other exception refuses too,
     *     in neutral words, and is logged
     */
    @Nullable
    CompletionStage<?> admit(Handshake request) throws AdmissionRefusedException;
}
