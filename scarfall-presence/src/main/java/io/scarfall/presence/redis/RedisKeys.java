package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * All keys. A user belongs to a partition: the CRC-32 of the id's UTF-8 modulo the number of partitions. All keys of a
 * partition share a hash tag, so that one script can change all data of a user, also in a Redis Cluster.
 *
 * <pre>
 * key                       type        holds                                        is removed
 * prefix:meta               hash        format and number of partitions              never
 * prefix:nodes              hash        the lives of nodes, see nodes.lua            a life: when it is reaped; a minute
 *                                                                                    later if it did not leave
 * prefix:alive:ID           string      nothing, see {@link Witness}; not in a       an hour after the last beat of that
 *                                       Cluster                                      life of a node
 * prefix:group:NAME         hash        the readers and positions of a group         never
 * prefix:revoked            sorted set  revocations, by version                      an entry: after the time that it is
 *                                                                                    kept; all: after that of the newest
 * prefix:bus:ID             channel     messages to a life of a node
 * prefix:{p}:fence          hash        node name to the epoch and generation that   an entry: a week after it was raised
 *                                       may write, and when that was raised; # and
 *                                       ## to the base and newest number in events
 * prefix:{p}:node:ID        set         sessions of that life of a node              with its last session
 * prefix:{p}:online         sorted set  online users, in the order in which they     a user: when going offline
 *                                       came online
 * prefix:{p}:leaving        sorted set  users in their grace, by its end             a user: with the grace
 * prefix:{p}:events         stream      transitions, bounded                         never
 * prefix:{p}:user:USER      string      {@link UserRecord}: state and sessions       online: when it expires;
 *                                                                                    offline: after the retention
 * prefix:{p}:details:USER   hash        long emails, devices and addresses, by       with its last session, or after the
 *                                       session; "" to their total length            expiry of a session's record
 * prefix:{p}:reaped:USER    string      {@link ReapedSessions} of the user           after a minute
 * prefix:{p}:places:USER    sorted set  sessions with a place and their node, by     the expiry of a session's record
 *                                       time; only if places are bounded             after the last one was taken
 * prefix:{p}:friends:USER   hash        the friends of a user, to their email        with its last friend
 * prefix:{p}:listed:USER    hash        the same of the list of another system       with its last friend
 * prefix:{p}:watchers:USER  sorted set  the watchers of a user, in the order of ids  with the last of them
 * prefix:{p}:marks:USER     sorted set  the latest changes of that, by version       after two minutes
 * prefix:{p}:changed:USER   string      version of the user's lists                  after a day
 * prefix:{p}:unindexed:USER hash        friends whose watchers are not written yet   when they are
 * friends:USER              string      JSON, written by other systems; only read
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
