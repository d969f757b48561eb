package io.scarfall.socketio;

import org.junit.jupiter.api.AutoClose;

/** A test with one server, the journal that its handlers write, and the log. All are checked and closed after the test. */
abstract class OneServer {

    @AutoClose
    final CapturedLog log = new CapturedLog();

    @AutoClose
    final Journal journal = new Journal();

    @AutoClose
    final TestServer server = new TestServer();
}
