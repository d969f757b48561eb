import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.JUnitRun;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testkit.TestClient;
import io.scarfall.testkit.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class Sample {

    record Say(String text, byte[] photo) {}

    record Guest(String name) {}

    private final byte[] photo = {1, 2, 3};

    private final Namespace chat = Namespace.builder("/")
            .guard(socket -> {
                Guest guest = socket.auth(Guest.class);
                if (guest != null && "banned".equals(guest.name())) {
                    throw new ConnectRefusedException("Not authorized", null);
                }
                return null;
            })
            .onConnect(socket -> socket.join("lobby"))
            .on("say", Say.class, (socket, say) -> {
                assertThat(say.photo()).hasSize(3);
                socket.to("lobby").emit("said", say);
                return "ok";
            })
            .on("leave", (socket, arguments) -> {
                socket.disconnect();
                return null;
            })
            .build();

// SAMPLE

    public static void run(String redis) {
        JUnitRun.passes(Sample.class);
    }
}
