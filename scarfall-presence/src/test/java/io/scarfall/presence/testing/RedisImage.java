package io.scarfall.presence.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/**
 * An image with Redis or Valkey, found and run by Testcontainers.
 *
 * <p>A container shares this machine's network and the folders of its server, at the same paths and with the same user. So
 * addresses, certificates, Clusters and Sentinels are what they are without containers. This needs an engine that runs on
 * this machine, under Linux. Testcontainers removes containers that a killed JVM left.
 *
 * @param major its major version
 */
record RedisImage(String image, int major) implements RedisProgram {

    /** Valkey's images may lack the names of Redis. The output goes to a file, as that of an executable. */
    private static final String RUN =
            "exec \"$(command -v redis-server || command -v valkey-server)\" \"$@\" >> redis.log 2>&1";

    private static final Map<String, RedisImage> KNOWN = new ConcurrentHashMap<>();

    /**
     * Pulls the image, if it is not there, and asks it for its version.
     *
     * @throws IllegalStateException if there is no container engine, or no such image, or it has no Redis
     */
    static RedisImage named(String image) {
        if (image.isBlank()) {
            throw RedisProgram.missing("docker: names no image, such as docker:redis:8");
        }
        return KNOWN.computeIfAbsent(
                image, name -> named(name, () -> DockerClientFactory.instance().isDockerAvailable()));
    }

    /** @param engine whether Testcontainers finds one */
    static RedisImage named(String image, Supplier<Boolean> engine) {
        String choice = IMAGE + image;
        if (!engine.get()) {
            throw RedisProgram.missing(choice + " needs a container engine, and Testcontainers finds none here");
        }
        try {
            new RemoteDockerImage(DockerImageName.parse(image)).get();
        } catch (RuntimeException e) {
            IllegalStateException missing = RedisProgram.missing(choice + " cannot be pulled");
            missing.initCause(e);
            throw missing;
        } catch (Exception e) { // get() of a Future declares more than it throws
            throw new IllegalStateException(e);
        }
        try {
            Files.createDirectories(FOLDER);
            Path folder = Files.createTempDirectory(FOLDER, "image-");
            Container container = Container.start(image, folder, List.of("--version"), Set.of());
            try {
                Await.until("the version of " + image, () -> !container.isAlive());
            } finally {
                container.kill();
            }
            return new RedisImage(image, RedisProgram.major(choice, Files.readString(folder.resolve("redis.log"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public RedisProcess run(Path folder, List<String> arguments, Set<Path> readable) {
        return Container.start(image, folder, arguments, readable);
    }

    /** Its process is a process of this machine and of the tests' user, and so takes their signals. */
    private static final class Container implements RedisProcess {

        private final DockerClient client;
        private final String id;

        /** 0 if it has ended before it was known. */
        private final long pid;

        private Container(DockerClient client, String id, long pid) {
            this.client = client;
            this.id = id;
            this.pid = pid;
        }

        static Container start(String image, Path folder, List<String> arguments, Set<Path> readable) {
            DockerClient client = DockerClientFactory.instance().client();
            Set<String> folders = new TreeSet<>(Set.of(folder.toString()));
            readable.forEach(each -> folders.add(each.toAbsolutePath().toString()));
            List<String> entrypoint = new ArrayList<>(List.of("sh", "-c", RUN, "redis-server"));
            entrypoint.addAll(arguments);
            Map<String, String> labels = new HashMap<>(DockerClientFactory.DEFAULT_LABELS);
            labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, DockerClientFactory.SESSION_ID);
            try (CreateContainerCmd create = client.createContainerCmd(image)) {
                String id = create.withEntrypoint(entrypoint)
                        .withCmd(List.of())
                        .withUser(owner(folder))
                        .withWorkingDir(folder.toString())
                        .withLabels(labels)
                        .withHostConfig(HostConfig.newHostConfig()
                                .withNetworkMode("host")
                                .withBinds(folders.stream()
                                        .map(each -> Bind.parse(each + ":" + each))
                                        .toList()))
                        .exec()
                        .getId();
                try {
                    client.startContainerCmd(id).exec();
                    Long pid = client.inspectContainerCmd(id).exec().getState().getPidLong();
                    return new Container(client, id, pid == null ? 0 : pid);
                } catch (RuntimeException e) {
                    client.removeContainerCmd(id).withForce(true).exec();
                    throw e;
                }
            }
        }

        /** The user that runs the tests: it can then delete the files that the container wrote. */
        private static String owner(Path folder) {
            try {
                return Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public boolean isAlive() {
            return pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }

        @Override
        public void kill() {
            end("KILL");
        }

        @Override
        public void terminate() {
            end("TERM");
        }

        @Override
        public void freeze() {
            ChildProcess.signal("STOP", pid);
            ChildProcess.awaitStopped(pid);
        }

        @Override
        public void thaw() {
            ChildProcess.signal("CONT", pid);
        }

        private void end(String signal) {
            if (isAlive()) {
                ChildProcess.signal(signal, pid);
                Await.until("the end of process " + pid, () -> !isAlive());
            }
            try {
                client.removeContainerCmd(id).withForce(true).exec();
            } catch (NotFoundException e) {
                // an earlier call removed it
            }
        }
    }
}
