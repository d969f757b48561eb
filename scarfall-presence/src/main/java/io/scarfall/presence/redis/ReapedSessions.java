package io.scarfall.presence.redis;

import java.nio.charset.StandardCharsets;

/**
 * The recently reaped sessions of a user, as reap.lua writes them. A line for each has: session id, node, until when
 * it counts, since when its device may have moved to another node, and a digest of the device or nothing. Times are
 * milliseconds of Redis's clock.
 *
 * <p>A reaped session was removed, not closed: if its node is only cut off from Redis, its socket is still connected.
 */
record ReapedSessions(String text) {

    static final ReapedSessions NONE = new ReapedSessions("");

    private static final int FIELDS = 5;

    /**
     * Whether one of them may still be connected. That is over when the session is open again, when a newer session
     * of the same device is, and when its node is back and has opened its sessions again. A device beside the user's
     * record is not compared.
     */
    boolean mayBeConnected(UserRecord record, NodesView nodes, long millis) {
        if (text.isEmpty()) {
            return false;
        }
        for (String line : text.split("\n", -1)) {
            String[] fields = line.split("\t", -1);
            if (fields.length == FIELDS && mayBeConnected(fields, record, nodes, millis)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBeConnected(String[] fields, UserRecord record, NodesView nodes, long millis) {
        long until;
        long since;
        try {
            until = Long.parseLong(fields[2]);
            since = Long.parseLong(fields[3]);
        } catch (NumberFormatException e) {
            return false; // another program wrote it
        }
        String node = fields[1];
        int epoch = node.lastIndexOf('@');
        return millis < until
                && !nodes.isBack(epoch < 0 ? node : node.substring(0, epoch), millis)
                && !isThere(fields[0], fields[4], since, record);
    }

    private static boolean isThere(String sessionId, String device, long since, UserRecord record) {
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            if (record.isSession(at, sessionId)) {
                return true;
            }
            String other = device.isEmpty() ? null : record.device(at);
            if (other != null
                    && record.connectedMillis(at) > since
                    && Script.sha1(other.getBytes(StandardCharsets.UTF_8)).equals(device)) {
                return true;
            }
        }
        return false;
    }
}
