package io.scarfall.presence.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three masters, with replicas on request, that serve all slots. Its nodes are {@link
 * RedisServer}s: kill, freeze and restart them singly. A restarted node comes back empty, under its old id. For one
 * test thread at a time.
 */
public final class RedisClusterServers implements AutoCloseable {

    private static final int SLOTS = 16_384;

    private final List<RedisServer> masters;
    private final List<RedisServer> replicas;
    private final @Nullable String password;

    private RedisClusterServers(List<RedisServer> masters, List<RedisServer> replicas, @Nullable String password) {
        this.masters = masters;
        this.replicas = replicas;
        this.password = password;
    }

    /** Three masters, no replicas, no password. */
    public static RedisClusterServers start() {
        return builder().start();
    }

    /**
     * The cluster that all suites of this JVM share, as {@link RedisServer#shared}: none of them stops or changes any
     * node.
     */
    public static RedisClusterServers shared() {
        return Shared.SERVERS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The first masters; the first third of the slots is the first one's, and so on. */
    public List<RedisServer> masters() {
        return masters;
    }

    /** The first replicas: those of the first master, those of the second, and so on. */
    public List<RedisServer> replicas() {
        return replicas;
    }

    /** All nodes, masters first. */
    public List<RedisServer> nodes() {
        List<RedisServer> nodes = new ArrayList<>(masters);
        nodes.addAll(replicas);
        return nodes;
    }

    /** The seeds for clients: {@code host:port,host:port,host:port}. */
    public String seeds() {
        return masters.stream().map(RedisServer::toString).collect(Collectors.joining(","));
    }

    /** The slot of a key. */
    public int slotOf(String key) {
        return Math.toIntExact((Long) required(running().get(0).command("CLUSTER", "KEYSLOT", key)));
    }

    /** The node that serves a slot now, as the running nodes agree. */
    public RedisServer masterOf(int slot) {
        for (Object range : (List<?>) required(running().get(0).command("CLUSTER", "SLOTS"))) {
            List<?> startEndMaster = (List<?>) range;
            if (slot >= (Long) startEndMaster.get(0) && slot <= (Long) startEndMaster.get(1)) {
                List<?> hostPort = (List<?>) startEndMaster.get(2);
                return byPort(Math.toIntExact((Long) hostPort.get(1)));
            }
        }
        throw new IllegalStateException("no node serves slot " + slot);
    }

    /** Returns when every running node finds the cluster complete, and all agree on masters, replicas and slots. */
    public void awaitOk() {
        Await.until("a complete cluster of " + seeds(), this::isOk);
    }

    private boolean isOk() {
        List<RedisServer> running = running();
        Set<Object> views = new HashSet<>();
        for (RedisServer node : running) {
            String info = text(node.command("CLUSTER", "INFO"));
            if (!info.contains("cluster_state:ok") || !info.contains("cluster_slots_ok:" + SLOTS)) {
                return false;
            }
            views.add(view(node, running));
        }
        return views.size() == 1;
    }

    /** Moves a slot and all its keys from its master to another, at once for a client, which then gets MOVED. */
    public void migrateSlot(int slot, RedisServer to) {
        SlotMigration migration = startMigration(slot, to);
        migration.moveKeys(Integer.MAX_VALUE);
        migration.finish();
    }

    /** Begins to move a slot: from now on a client that asks its master for a missing key gets ASK. */
    public SlotMigration startMigration(int slot, RedisServer to) {
        RedisServer from = masterOf(slot);
        to.command("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", id(from));
        from.command("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", id(to));
        return new SlotMigration(slot, from, to);
    }

    /** Makes a replica the master without loss. Returns when all nodes know, and the old master is a replica. */
    public void failOver(RedisServer replica) {
        RedisServer master = byPort(Integer.parseInt(replica.info("master_port")));
        replica.command("CLUSTER", "FAILOVER");
        Await.until(replica + " to be a master", () -> replica.info("role").equals("master"));
        awaitReplica(master);
    }

    /** Returns when a node is a master, and the cluster is complete: after its master was killed, say. */
    public void awaitMaster(RedisServer node) {
        Await.until(node + " to be a master", () -> node.info("role").equals("master"));
        awaitOk();
    }

    /** Returns when a node follows a master, and the cluster is complete: after it was restarted, say. */
    public void awaitReplica(RedisServer node) {
        Await.until(node + " to be a replica", node::follows);
        awaitOk();
    }

    @Override
    public void close() {
        nodes().forEach(RedisServer::close);
    }

    private List<RedisServer> running() {
        return nodes().stream().filter(RedisServer::isRunning).toList();
    }

    /**
     * The running nodes by CLUSTER NODES: id, role, master, and slots. They are in the columns 1, 3, 4 and from 9 on;
     * slots in brackets are moving.
     */
    private static Set<List<String>> view(RedisServer node, List<RedisServer> running) {
        Set<List<String>> view = new HashSet<>();
        for (String line : text(node.command("CLUSTER", "NODES")).split("\n")) {
            List<String> columns = List.of(line.split(" "));
            if (running.stream().anyMatch(other -> columns.get(1).startsWith(other + "@"))) {
                List<String> said = new ArrayList<>();
                said.add(columns.get(0));
                said.add(columns.get(2).contains("master") ? "master" : "replica");
                said.add(columns.get(3));
                columns.stream().skip(8).filter(slots -> !slots.startsWith("[")).forEach(said::add);
                view.add(said);
            }
        }
        return view;
    }

    private RedisServer byPort(int port) {
        return nodes().stream()
                .filter(node -> node.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node of this cluster: " + port));
    }

    private static String id(RedisServer node) {
        return text(node.command("CLUSTER", "MYID"));
    }

    private static String text(@Nullable Object reply) {
        return (String) required(reply);
    }

    private static Object required(@Nullable Object reply) {
        if (reply == null) {
            throw new IllegalStateException("answered null");
        }
        return reply;
    }

    /** A slot that moves from one master to another. */
    public final class SlotMigration {

        private final int slot;
        private final RedisServer from;
        private final RedisServer to;

        private SlotMigration(int slot, RedisServer from, RedisServer to) {
            this.slot = slot;
            this.from = from;
            this.to = to;
        }

        /** Moves keys, at most so many; returns how many. */
        public int moveKeys(int limit) {
            int moved = 0;
            while (moved < limit) {
                List<?> keys = (List<?>) required(
                        from.command("CLUSTER", "GETKEYSINSLOT", "" + slot, "" + Math.min(100, limit - moved)));
                if (keys.isEmpty()) {
                    break;
                }
                List<String> command = new ArrayList<>(List.of("MIGRATE", to.host(), "" + to.port(), "", "0", "5000"));
                if (password != null) {
                    command.addAll(List.of("AUTH", password));
                }
                command.add("KEYS");
                keys.forEach(key -> command.add((String) key));
                from.command(command.toArray(new String[0]));
                moved += keys.size();
            }
            return moved;
        }

        /** Ends the move, once all keys have moved; returns when all nodes know. */
        public void finish() {
            assign();
            // again while they do not agree: if two masters had the same epoch, the old one may have claimed the slot
            // again
            Await.until("slot " + slot + " to be at " + to, () -> {
                if (isOk() && masterOf(slot) == to) {
                    return true;
                }
                assign();
                return false;
            });
        }

        private void assign() {
            // The new master first: until it knows, the old one would send clients to it in vain.
            List<RedisServer> order = new ArrayList<>(List.of(to, from));
            running().stream().filter(node -> node != to && node != from).forEach(order::add);
            for (RedisServer node : order) {
                if (node.info("role").equals("master")) {
                    node.command("CLUSTER", "SETSLOT", "" + slot, "NODE", id(to));
                }
            }
        }
    }

    /** Options of a cluster. */
    public static final class Builder {

        private int replicas;
        private @Nullable String password;
        private boolean fullCoverage = true;
        private @Nullable TestCertificate tls;

        private Builder() {}

        /**
         * Continues to serve when the master of some slots is away and has no replica; without this, all slots are
         * away then.
         */
        public Builder servesInPart() {
            this.fullCoverage = false;
            return this;
        }

        /** The replicas of each master; they take over from a master that is away for two seconds. */
        public Builder replicas(int each) {
            this.replicas = each;
            return this;
        }

        /** Requires a password of clients, and has the nodes use it among themselves. */
        public Builder password(String password) {
            this.password = password;
            return this;
        }

        /** Uses TLS only, with clients and among the nodes. */
        public Builder tls(TestCertificate certificate) {
            this.tls = certificate;
            return this;
        }

        /** Starts it; returns when it is complete, and the replicas are in sync. */
        public RedisClusterServers start() {
            List<RedisServer> masters = new ArrayList<>();
            List<RedisServer> followers = new ArrayList<>();
            RedisClusterServers cluster = new RedisClusterServers(masters, followers, password);
            try {
                for (int i = 0; i < 3; i++) {
                    masters.add(node());
                }
                for (int i = 0; i < 3 * replicas; i++) {
                    followers.add(node());
                }
                join(cluster.nodes());
                for (int i = 0; i < 3; i++) {
                    RedisServer master = masters.get(i);
                    List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
                    for (int slot = SLOTS * i / 3; slot < SLOTS * (i + 1) / 3; slot++) {
                        command.add(Integer.toString(slot));
                    }
                    master.command(command.toArray(new String[0]));
                }
                cluster.awaitOk();
                for (int i = 0; i < followers.size(); i++) {
                    followers.get(i).command("CLUSTER", "REPLICATE", id(masters.get(i / replicas)));
                }
                followers.forEach(cluster::awaitReplica);
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        private RedisServer node() {
            RedisServer.Builder node = RedisServer.builder()
                    .directive("cluster-enabled", "yes")
                    .directive("cluster-node-timeout", "2000")
                    .directive("cluster-require-full-coverage", fullCoverage ? "yes" : "no");
            if (password != null) {
                node.password(password);
            }
            if (tls != null) {
                node.tls(tls)
                        .directive(
                                "tls-ca-cert-file",
                                tls.certificate().toAbsolutePath().toString())
                        .directive("tls-cluster", "yes")
                        .directive("tls-replication", "yes");
            }
            return node.start();
        }

        /** Sets epochs by hand, since nodes that settle a collision by themselves may take a while. */
        private static void join(List<RedisServer> nodes) {
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
            }
            for (RedisServer node : nodes) {
                for (RedisServer other : nodes) {
                    if (node != other) {
                        node.command("CLUSTER", "MEET", other.host(), "" + other.port());
                    }
                }
            }
            for (RedisServer node : nodes) {
                Await.until(node + " to know all others", () -> {
                    List<String> known =
                            text(node.command("CLUSTER", "NODES")).lines().toList();
                    return known.size() == nodes.size()
                            && known.stream()
                                    .noneMatch(line -> line.contains("handshake") || line.contains("disconnected"));
                });
            }
        }
    }

    private static final class Shared {

        static final RedisClusterServers SERVERS = start();
    }
}
