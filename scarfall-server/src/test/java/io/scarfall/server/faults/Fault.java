package io.scarfall.server.faults;

import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TcpProxy;
import io.scarfall.presence.testing.TcpProxy.Direction;
import io.scarfall.server.faults.Nodes.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The faults that the tests cause while the crowd sends. Each is one row of the table in docs/reliability.md. */
enum Fault {
    NOTHING("nothing", World.Kind.ALONE, 6) {
        @Override
        void strike(World world, Duration time) {
            World.pass(time);
        }
    },

    NODE_KILLED("node: kill -9", World.Kind.ALONE, 0) {
        @Override
        void strike(World world, Duration time) {
            world.nodes().get(0).kill();
        }

        @Override
        boolean repair(World world) {
            restart(world.nodes().get(0));
            return true;
        }
    },

    NODE_FROZEN("node: frozen (SIGSTOP)", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            Node node = world.nodes().get(1);
            world.freeze(node);
            World.pass(time);
            node.thaw();
        }
    },

    ROLLING_RESTART("all nodes: SIGTERM and start, one at a time", World.Kind.ALONE, 0) {
        @Override
        void strike(World world, Duration time) {
            for (Node node : world.nodes().all()) {
                node.terminate();
                restart(node);
            }
        }
    },

    REDIS_RESTARTED("Redis: SIGTERM, empty when back", World.Kind.ALONE, 1) {
        @Override
        void strike(World world, Duration time) {
            restartRedis(world, time);
        }
    },

    REDIS_KILLED("Redis: kill -9, empty when back", World.Kind.ALONE, 4) {
        @Override
        void strike(World world, Duration time) {
            world.redis().kill();
            World.pass(time);
            world.redis().restart();
        }
    },

    REDIS_AWAY("Redis: SIGTERM for longer than the lease, empty when back", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            restartRedis(world, time);
        }
    },

    REDIS_FROZEN("Redis: frozen (SIGSTOP)", World.Kind.ALONE, 10) {
        @Override
        void strike(World world, Duration time) {
            world.redis().freeze();
            World.pass(time);
            world.redis().thaw();
        }
    },

    REDIS_FLUSHED("Redis: FLUSHALL", World.Kind.ALONE, 0) {
        @Override
        void strike(World world, Duration time) {
            world.redis().command("FLUSHALL");
        }
    },

    CONNECTIONS_KILLED("Redis: CLIENT KILL of all connections, three times", World.Kind.ALONE, 1) {
        @Override
        void strike(World world, Duration time) {
            for (int i = 0; i < 3; i++) {
                world.redis().command("CLIENT", "KILL", "TYPE", "normal");
                world.redis().command("CLIENT", "KILL", "TYPE", "pubsub");
                World.pass(time.dividedBy(3));
            }
        }
    },

    MEMORY_FULL("Redis: maxmemory reached, noeviction", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            world.redis().command("CONFIG", "SET", "maxmemory", "1");
            World.pass(time);
            world.redis().command("CONFIG", "SET", "maxmemory", "0");
        }
    },

    READ_ONLY("Redis: READONLY, demoted and promoted again", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            world.redis().command("REPLICAOF", "127.0.0.1", "1");
            World.pass(time);
            world.redis().command("REPLICAOF", "NO", "ONE");
        }
    },

    BLACK_HOLE("node to Redis: black hole", World.Kind.ALONE, 12) {
        @Override
        void strike(World world, Duration time) {
            behind(world, time, TcpProxy::blackhole);
        }
    },

    DEAF("node to Redis: black hole, only answers to the node", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            behind(world, time, proxy -> proxy.blackhole(Direction.TO_CLIENT));
        }
    },

    MUTE("node to Redis: black hole, only commands to Redis", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            behind(world, time, proxy -> proxy.blackhole(Direction.TO_SERVER));
        }
    },

    CUT("node to Redis: reset and refused", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            behind(world, time, proxy -> {
                proxy.reset();
                proxy.cut();
            });
        }
    },

    LATENCY("node to Redis: 300 ms more latency, round trip", World.Kind.ALONE, 6) {
        @Override
        void strike(World world, Duration time) {
            behind(world, time, proxy -> proxy.delay(Duration.ofMillis(150)));
        }
    },

    REPLICA_PROMOTED("Redis: replica promoted with REPLICAOF, then back", World.Kind.ALONE, 4) {
        @Override
        void strike(World world, Duration time) {
            try (RedisServer replica = replicaOf(world.redis())) {
                promote(replica, world.redis(), world);
                World.pass(time);
                awaitFollowing(world.redis());
                promote(world.redis(), replica, world);
            }
        }

        private void promote(RedisServer next, RedisServer old, World world) {
            next.command("REPLICAOF", "NO", "ONE");
            old.command("REPLICAOF", next.host(), "" + next.port());
            World.pass(Duration.ofMillis(300)); // for this long nodes still use the old master, which refuses writes
            world.nodes().all().forEach(node -> node.proxy().lead(next.port()));
        }
    },

    SPLIT_BRAIN("Redis: split brain, one node uses a promoted replica", World.Kind.ALONE, 9) {
        @Override
        void strike(World world, Duration time) {
            try (RedisServer replica = replicaOf(world.redis())) {
                TcpProxy proxy = world.nodes().get(2).proxy();
                replica.command("REPLICAOF", "NO", "ONE");
                proxy.lead(replica.port());
                World.pass(time);
                proxy.lead(world.redis().port());
            }
        }
    },

    SENTINEL_FAILOVER("Sentinel: failover", World.Kind.SENTINELS, 0) {
        @Override
        void strike(World world, Duration time) {
            world.sentinels().failOver();
        }

        @Override
        boolean repair(World world) {
            world.sentinels().awaitReplica(world.sentinels().replica());
            return false;
        }
    },

    MASTER_KILLED("Sentinel: master killed, replica takes over", World.Kind.SENTINELS, 0) {
        @Override
        void strike(World world, Duration time) {
            RedisServer old = world.sentinels().master();
            RedisServer next = world.sentinels().replica();
            old.kill();
            world.sentinels().awaitMaster(next);
        }
    },

    RESHARDING("Cluster: slots move (users, the nodes, a node's channel)", World.Kind.CLUSTER, 0) {
        @Override
        void strike(World world, Duration time) {
            List<String> keys = new ArrayList<>(List.of(
                    "scarfall:nodes", "scarfall:bus:" + world.nodes().get(0).life()));
            for (int partition = 0; partition < 256; partition += 32) {
                keys.add("{" + partition + "}");
            }
            for (String key : keys) {
                move(world.cluster(), world.cluster().slotOf(key));
            }
        }

        private void move(RedisClusterServers cluster, int slot) {
            List<RedisServer> masters = cluster.masters();
            RedisServer from = cluster.masterOf(slot);
            RedisClusterServers.SlotMigration migration =
                    cluster.startMigration(slot, masters.get((masters.indexOf(from) + 1) % masters.size()));
            while (migration.moveKeys(1) > 0) {
                World.pass(Duration.ofMillis(20)); // the slot's keys are on both masters for a while
            }
            migration.finish();
        }
    },

    PARTITION_AWAY("Cluster: master without the leases killed, empty when back", World.Kind.CLUSTER, 9) {
        @Override
        void strike(World world, Duration time) {
            RedisClusterServers cluster = world.cluster();
            RedisServer leases = cluster.masterOf(cluster.slotOf("scarfall:nodes"));
            RedisServer dead = cluster.masters().stream()
                    .filter(master -> master != leases)
                    .findFirst()
                    .orElseThrow();
            dead.kill();
            World.pass(time);
            dead.restart();
            cluster.awaitOk();
        }
    };

    private static final Set<Fault> EMPTIES_REDIS =
            EnumSet.of(REDIS_RESTARTED, REDIS_KILLED, REDIS_AWAY, REDIS_FLUSHED, PARTITION_AWAY);

    private final String words;
    private final World.Kind kind;
    private final Duration time;

    Fault(String words, World.Kind kind, int seconds) {
        this.words = words;
        this.kind = kind;
        this.time = Duration.ofSeconds(seconds);
    }

    /** The name of the fault in the table. */
    String words() {
        return words;
    }

    /** The kind of Redis that the fault needs. */
    World.Kind kind() {
        return kind;
    }

    /** How long the fault lasts in a short run; zero if that cannot be chosen. */
    Duration time() {
        return time;
    }

    private static void restartRedis(World world, Duration time) {
        world.redis().terminate();
        World.pass(time);
        world.redis().restart();
    }

    /** Causes the fault; returns when it is over, or when only {@link #repair} is left to do. */
    abstract void strike(World world, Duration time);

    /**
     * Restores what the fault took away. Called after the remaining nodes have healed.
     *
     * @return whether the cluster was incomplete until now, so that {@code cautious} counts from here
     */
    boolean repair(World world) {
        return false;
    }

    /** Whether Redis loses the friends of users, so that nodes cannot notify them of status changes. */
    boolean losesFriends() {
        return EMPTIES_REDIS.contains(this);
    }

    private interface Damage {
        void to(TcpProxy proxy);
    }

    private static void behind(World world, Duration time, Damage damage) {
        TcpProxy proxy = world.nodes().get(2).proxy();
        damage.to(proxy);
        World.pass(time);
        proxy.heal();
    }

    private static RedisServer replicaOf(RedisServer master) {
        RedisServer replica = RedisServer.start();
        replica.command("REPLICAOF", master.host(), "" + master.port());
        awaitFollowing(replica);
        return replica;
    }

    private static void awaitFollowing(RedisServer replica) {
        Await.until(
                "a replica to follow", () -> replica.info("master_link_status").equals("up"));
    }

    private static void restart(Node node) {
        node.start();
        node.awaitReady();
    }
}
