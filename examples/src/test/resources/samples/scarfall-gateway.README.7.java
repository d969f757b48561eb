import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.Blocking;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.UserListener;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.socket.client.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.json.JSONObject;

public final class Sample {

    record Query(String year) {}

    interface Database {
        Object run(Query query) throws Exception;
    }

    interface Accounts {
        Identity find(String token) throws Exception;
    }

    interface Shifts {
        void check(String userId) throws Exception;
    }

    private static final class FriendTable implements Blocking.Friends {
        @Override
        public List<Friend> friends(String userId) {
            return List.of();
        }

        @Override
        public Page<String> watchers(String userId, String cursor, int limit) {
            return Page.empty();
        }
    }

    public static void run(String redis) throws Exception {
        Accounts accounts = token -> new Identity(token, null, null, Instant.now().plusSeconds(60));
        Database database = query -> "report of " + query.year();
        Shifts shifts = userId -> assertThat(userId).isEqualTo("anna");
        Blocking.Friends friendTable = new FriendTable();
        UserListener visits = new UserListener() {};
        try (Scarfall scarfall =
// SAMPLE
                        .port(0).internalPort(0).start()) {
            String url = "http://localhost:" + scarfall.userPort();
            JSONObject query = new JSONObject(Map.of("year", "2020"));
            Socket anna = Clients.user(url, "anna");
            Socket staff = Clients.user(url + "/staff", "anna");
            try {
                Clients.connect(anna);
                assertThat(Clients.ask(anna, "report", query)).containsExactly("report of 2020");
                staff.connect();
                assertThat(Clients.ask(staff, "report", query)).containsExactly("report of 2020");
            } finally {
                anna.close();
                staff.close();
            }
        }
    }
}
