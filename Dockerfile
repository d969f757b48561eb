# The server on its own small Java, as a user without rights. To run it: docker-compose.yml

# The jar is built by the JDK that releases are built by.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# What Maven downloads stays in a cache of the builder.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests -Djacoco.skip -pl scarfall-server -am package
# Netty's native libraries, unpacked here: at run time no folder has to be writable and executable for them.
RUN mkdir /native && cd /native && arch=$(uname -m | sed s/aarch64/aarch_64/) \
    && for jar in /src/scarfall-server/target/lib/netty-*-linux-"$arch".jar; do \
         jar xf "$jar" META-INF/native || exit 1; done

# A Java of what the server uses, with jcmd and Flight Recorder to look into it. jdeps tells what modules a new library needs.
FROM eclipse-temurin:25-jdk-noble AS java
RUN jlink --output /java --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --add-modules \
java.logging,java.management,java.naming,java.net.http,java.xml,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported
# An archive of loaded classes for a quick start; jlink makes none for compact headers.
RUN /java/bin/java -XX:+UseCompactObjectHeaders -Xshare:dump

FROM debian:trixie-slim
RUN groupadd --system --gid 10001 scarfall \
    && useradd --uid 10001 --gid scarfall --no-create-home --home-dir /opt/scarfall --shell /usr/sbin/nologin scarfall \
    && install -d -o scarfall -g scarfall /var/log/scarfall
COPY --from=java /java /opt/java
COPY --from=build /native/META-INF/native /opt/scarfall/native
COPY --from=build /src/scarfall-server/target/lib /opt/scarfall/lib
COPY --from=build /src/scarfall-server/target/scarfall-server.jar /src/LICENSE /src/packaging/healthcheck /opt/scarfall/
# Settings that are not ASCII are read as UTF-8.
ENV PATH=/opt/java/bin:$PATH LANG=C.UTF-8 LOG_DIR=/var/log/scarfall
VOLUME /var/log/scarfall
WORKDIR /opt/scarfall
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 3000 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/scarfall/healthcheck"]

# More flags by JDK_JAVA_OPTIONS. The collector is the JVM's choice: serial below 2 cores or 1792 MB, else G1.
# - Compact headers: many idle connections are many small objects.
# - Memory, of the container's limit: at most 33% for the heap, and as much again for buffers outside of it (the JVM's default
#   for direct memory is the size of the heap, and so is Netty's). The last third is for classes (at most 96 MB), code (at most
#   64 MB), threads (some 40, which touch little of the 1 MB of stack that each may have) and TLS. So give a container 640 MB or
#   more: of 640 MB, 2 x 211 + 96 + 64 = 582 MB are spoken for, and 58 MB are left for threads and TLS.
# - A JVM that is out of memory ends with code 3, and is started again.
# - Unsafe: Netty's way to its buffers on Java 25 too, as in the tests. Native access is granted in the jar's manifest.
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "-XX:MaxRAMPercentage=33", "-XX:MaxMetaspaceSize=96m", \
    "-XX:ReservedCodeCacheSize=64m", "-XX:+ExitOnOutOfMemoryError", \
    "--sun-misc-unsafe-memory-access=allow", "-Djava.library.path=/opt/scarfall/native", "-jar", "scarfall-server.jar"]
