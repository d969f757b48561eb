package io.scarfall.gateway.internal.service;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.ServiceKeys;
import io.scarfall.gateway.internal.auth.AuthDeadline;
import io.scarfall.gateway.internal.auth.AuthenticationError;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.reply.ConnectFailure;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.service.Service.About;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates services by {@code {serviceName, serviceKey}}, in CONNECT or in the event {@code authenticate_service}. If
 * no keys are configured, every socket is a service.
 */
final class AuthenticateServiceHandler
        implements ConnectGuard, EventHandler<AuthenticateServiceHandler.ServiceCredentials> {

    private static final Logger log = LoggerFactory.getLogger(AuthenticateServiceHandler.class);

    private static final String CODE = "invalid_service_key";
    private static final String SUBJECT_MISMATCH = "subject_mismatch";
    private static final String WORDS = "unknown service or wrong key";

    private final ServiceKeys keys;
    private final AuthDeadline deadline;
    private final Clock clock;

    /** The name and key of a service. */
    record ServiceCredentials(
            @Nullable String serviceName,
            @Nullable String serviceKey,
            @Nullable String serviceType) {

        static final ServiceCredentials NONE = new ServiceCredentials(null, null, null);

        About about() {
            return new About(serviceName, serviceType);
        }

        @Override
        public String toString() {
            return "ServiceCredentials[" + serviceName + "]";
        }
    }

    /** The argument of {@code connected}. */
    record Connected(String message, String socketId) {}

    /** The answer to a service that has authenticated. */
    record ServiceAuthenticated(
            String status,
            @Nullable String serviceName,
            @Nullable String serviceType,
            String socketId,
            Instant connectedAt) {}

    AuthenticateServiceHandler(ServiceKeys keys, AuthDeadline deadline, Clock clock) {
        this.keys = keys;
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public @Nullable CompletionStage<?> admit(Socket socket) throws ConnectRefusedException {
        ServiceCredentials credentials = credentials(socket);
        if (keys.isEmpty()) {
            About about = (credentials == null ? ServiceCredentials.NONE : credentials).about();
            Service.admit(socket, null, about, clock.instant());
            return null;
        }
        if (credentials != null && (credentials.serviceName() != null || credentials.serviceKey() != null)) {
            if (!matches(credentials)) {
                refused(socket);
                throw refusal();
            }
            Service.admit(socket, credentials.serviceName(), credentials.about(), clock.instant());
            SessionLimits.of(socket).authenticated();
        }
        return null;
    }

    private @Nullable ServiceCredentials credentials(Socket socket) throws ConnectRefusedException {
        try {
            return socket.auth(ServiceCredentials.class);
        } catch (MalformedPacketException e) {
            if (keys.isEmpty()) { // no key is required, so the payload may be anything
                return null;
            }
            SessionLimits.of(socket).authenticationRefused(socket, CODE, true);
            throw refusal();
        }
    }

    private static ConnectRefusedException refusal() {
        return new ConnectRefusedException(WORDS, new ConnectFailure(CODE, false));
    }

    private static void refused(Socket socket) {
        log.warn(
                "service refused socket={} address={}",
                socket.id(),
                LogText.of(socket.handshake().address()));
        SessionLimits.of(socket).authenticationRefused(socket, CODE, true);
    }

    private boolean matches(ServiceCredentials credentials) {
        String name = credentials.serviceName();
        String key = credentials.serviceKey();
        return keys.matches(name == null ? "" : name, key == null ? "" : key);
    }

    /** A socket has joined, authenticated or not. */
    void connected(Socket socket) {
        boolean authenticated = Service.of(socket) != null;
        socket.emitNeeded(
                "connected",
                new Connected(
                        authenticated ? "connected to the internal gateway" : "connected, now authenticate",
                        socket.id()));
        if (!authenticated) {
            deadline.start(socket);
        }
    }

    @Override
    public Object handle(Socket socket, ServiceCredentials credentials) {
        Service service = Service.of(socket);
        if (!keys.isEmpty()) {
            if (!matches(credentials)) {
                refused(socket);
                Failure failure = Failure.of(WORDS, CODE);
                if (socket.isAckWanted()) {
                    AuthenticationError.tell(socket, failure);
                } else {
                    AuthenticationError.tellAndDisconnect(socket, failure);
                }
                return failure;
            }
            if (service == null) {
                AuthDeadline.end(socket);
                service = Service.admit(socket, credentials.serviceName(), credentials.about(), clock.instant());
            } else if (!String.valueOf(service.name()).equals(credentials.serviceName())) {
                SessionLimits.of(socket).authenticationRefused(socket, SUBJECT_MISMATCH, true);
                Failure failure = Failure.of("the key belongs to another service", SUBJECT_MISMATCH);
                if (!socket.isAckWanted()) {
                    AuthenticationError.tellAndDisconnect(socket, failure);
                }
                return failure;
            }
            SessionLimits.of(socket).authenticated();
        }
        if (service == null) {
            throw new IllegalStateException("no keys are configured, but the socket was not admitted");
        } else if (keys.isEmpty()) {
            service = service.described(socket, credentials.about());
        }
        About about = service.about();
        ServiceAuthenticated answer =
                new ServiceAuthenticated("ok", about.name(), about.type(), socket.id(), service.connectedAt());
        socket.emitNeeded("service_authenticated", answer);
        return answer;
    }
}
