package io.scarfall.presence.redis;

import java.nio.charset.StandardCharsets;

/**
 * What is remembered of the sessions of a user that were reaped not long ago, as reap.lua writes it: a line for each, with
 * session id, node, until when it counts, since when its device may have gone elsewhere, and a digest of the device, or
 * nothing. Times are milliseconds of Redis's clock.
 *
 * <p>A reaped session was taken away, not closed: if its node is only cut off from Redis, its socket is still connected.
 */
record ReapedSessions(String text) {

    static final ReapedSessions NONE = new ReapedSessions("");

    private static final int FIELDS = 5;

    /**
     * Whether one of them may be connected still. That is over when its session is open again, when a newer session of the
     * same device is, and when its node is back and has opened its sessions again. Where the device is beside the user's record
     * it is not compared.
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
