import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.JsonLimits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class Sample {

    private static final Logger log = LoggerFactory.getLogger(Sample.class);

    interface Meter {
        void count(String word);
    }

    public static void run(String redis) {
        Meter meter = word -> {};
        Namespace main = Namespace.builder("/").build();
// SAMPLE
    }
}
