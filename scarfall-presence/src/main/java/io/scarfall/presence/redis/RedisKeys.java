package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Every key, in one place. A user belongs to a partition, the CRC-32 of the id's UTF-8 modulo their number, and all keys
 * of a partition share a hash tag, so that one script can change everything about a user, also in a Redis Cluster.
 *
 * <pre>
 * key                       type        holds                                        goes
 * prefix:meta               hash        format and number of partitions              never
 * prefix:nodes              hash        the lives of nodes, see nodes.lua            a life: when it is reaped; a minute
 *                                                                                    later if it did not leave
 * prefix:alive:ID           string      empty, see {@link Witness}; not in a Cluster an hour after the last beat of that
 *                                                                                    life of a node
 * prefix:group:NAME         hash        readers of the feed, and where they are        never
 * prefix:revoked            sorted set  what was revoked, by version; see Revocation   an entry: when it was kept for
 *                                                                                     long enough; all: the newest too
 * prefix:bus:ID             channel     messages to a life of a node
 * prefix:{p}:fence          hash        node name to the epoch and generation that   an entry: a week after it was raised
 *                                       may write, and when that was raised; # and
 *                                       ## to the base and newest number in events
 * prefix:{p}:node:ID        set         sessions of that life of a node              with its last session
 * prefix:{p}:online         sorted set  users who are online, in the order in which  a user: when going offline
 *                                       they came
 * prefix:{p}:leaving        sorted set  users in their grace, by its end             a user: with the grace
 * prefix:{p}:events         stream      transitions, bounded                         never
 * prefix:{p}:user:USER      string      {@link UserRecord}: state and sessions       online: when it expires;
 *                                                                                    offline: with the retention
 * prefix:{p}:details:USER   hash        sessions whose email, device and address are      with its last session, or
 *                                       long, to these; "" to how long all are         the time of a session's record
 * prefix:{p}:reaped:USER    string      {@link ReapedSessions} of the user           after a minute
 * prefix:{p}:places:USER    sorted set  sessions with a place and their node, by when  the time of a session's record
 *                                       they took it; only where places are few       after the last was taken
 * prefix:{p}:friends:USER   hash        whom the user lists, to their email          with its last friend
 * prefix:{p}:listed:USER    hash        the same of the list that others write       with its last friend
 * prefix:{p}:watchers:USER  sorted set  who lists the user, in the order of ids      with the last of them
 * prefix:{p}:marks:USER     sorted set  who changed that lately, by version          after two minutes
 * prefix:{p}:changed:USER   string      version of the user's lists                  after a day
 * prefix:{p}:unindexed:USER hash        friends whose watchers are not written yet   when they are
 * friends:USER              string      JSON, written by others; only read
 * </pre>
 */
final class RedisKeys {

    /** The layout above; a change of it changes this number. */
    static final String FORMAT = "3";

    /** The layout before it. Its data can be read in this one, and is rewritten when it changes. */
    static final String FORMAT_BEFORE = "2";

    private final String prefix;
    private final String[] tagged;

    RedisKeys(String prefix, int partitions) {
        this.prefix = prefix + ':';
        this.tagged = new String[partitions];
        for (int p = 0; p < partitions; p++) {
            tagged[p] = this.prefix + '{' + p + "}:";
        }
    }

    int partitions() {
        return tagged.length;
    }

    /** The number of the user's partition. */
    int partitionOf(String userId) {
        CRC32 crc = new CRC32();
        crc.update(userId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % tagged.length);
    }

    String meta() {
        return prefix + "meta";
    }

    String nodes() {
        return prefix + "nodes";
    }

    String alive(NodeId node) {
        return prefix + "alive:" + node;
    }

    /** In the slot of {@link #nodes}. */
    String owners() {
        return prefix + "{" + nodes() + "}:owners";
    }

    String group(String name) {
        return prefix + "group:" + name;
    }

    String revoked() {
        return prefix + "revoked";
    }

    String bus(NodeId node) {
        return prefix + "bus:" + node;
    }

    /** The key by which scripts know the partition. */
    String fence(int partition) {
        return tagged[partition] + "fence";
    }

    String node(int partition, NodeId node) {
        return tagged[partition] + "node:" + node;
    }

    String online(int partition) {
        return tagged[partition] + "online";
    }

    String leaving(int partition) {
        return tagged[partition] + "leaving";
    }

    String events(int partition) {
        return tagged[partition] + "events";
    }

    String user(String userId) {
        return ofUser("user:", userId);
    }

    String details(String userId) {
        return ofUser("details:", userId);
    }

    String reaped(String userId) {
        return ofUser("reaped:", userId);
    }

    String places(String userId) {
        return ofUser("places:", userId);
    }

    String friends(String userId) {
        return ofUser("friends:", userId);
    }

    String listed(String userId) {
        return ofUser("listed:", userId);
    }

    String watchers(String userId) {
        return ofUser("watchers:", userId);
    }

    String marks(String userId) {
        return ofUser("marks:", userId);
    }

    String changed(String userId) {
        return ofUser("changed:", userId);
    }

    String unindexed(String userId) {
        return ofUser("unindexed:", userId);
    }

    /** The list that other systems write: without our prefix. */
    static String json(String userId) {
        return "friends:" + userId;
    }

    private String ofUser(String what, String userId) {
        return tagged[partitionOf(userId)] + what + userId;
    }
}
