# The server with its own small Java runtime, as an unprivileged user. docker-compose.yml runs it.

# Builds the jar with the JDK of the releases.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# Maven's downloads stay in a cache of the builder.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests -Djacoco.skip -pl scarfall-server -am package
# Unpacks Netty's native libraries here, so that no folder has to be writable and executable at run time.
RUN mkdir /native && cd /native && arch=$(uname -m | sed s/aarch64/aarch_64/) \
    && for jar in /src/scarfall-server/target/lib/netty-*-linux-"$arch".jar; do \
         jar xf "$jar" META-INF/native || exit 1; done

# A Java runtime with the modules that the server uses, plus jcmd and Flight Recorder for diagnosis. Use jdeps to find the modules of
# a new library.
FROM eclipse-temurin:25-jdk-noble AS java
RUN jlink --output /java --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-6 --add-modules \
java.logging,java.management,java.naming,java.net.http,java.xml,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported
# A class data archive for a quick start. jlink creates none for compact headers.
RUN /java/bin/java -XX:+UseCompactObjectHeaders -Xshare:dump

FROM debian:trixie-slim
RUN groupadd --system --gid 10001 scarfall \
    && useradd --uid 10001 --gid scarfall --no-create-home --home-dir /opt/scarfall --shell /usr/sbin/nologin scarfall \
    && install -d -o scarfall -g scarfall /var/log/scarfall
COPY --from=java /java /opt/java
COPY --from=build /native/META-INF/native /opt/scarfall/native
COPY --from=build /src/scarfall-server/target/lib /opt/scarfall/lib
COPY --from=build /src/scarfall-server/target/scarfall-server.jar /src/LICENSE /src/packaging/healthcheck /opt/scarfall/
# The server reads settings that are not ASCII as UTF-8.
ENV PATH=/opt/java/bin:$PATH LANG=C.UTF-8 LOG_DIR=/var/log/scarfall
VOLUME /var/log/scarfall
WORKDIR /opt/scarfall
# A number, so that Kubernetes can verify that the user is not root.
USER 10001:10001
EXPOSE 3000 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/scarfall/healthcheck"]

# Pass further options in JDK_JAVA_OPTIONS. The JVM chooses the collector: serial below 2 cores or 1792 MB, otherwise G1.
# - Compact headers: many idle connections are many small objects.
# - Memory, as shares of the container's limit: at most 33% for the heap, and as much again for buffers outside the heap (the
#   default of the JVM and of Netty for direct memory is the size of the heap). The last third is for classes (at most 96 MB), code
#   (at most 64 MB), threads (about 40, which use little of their 1 MB of stack) and TLS. So give a container at least 640 MB: of
#   640 MB, 2 x 211 + 96 + 64 = 582 MB are reserved, and 58 MB are left for threads and TLS.
# - A JVM that is out of memory exits with code 3, and Docker restarts it.
# - Unsafe: Netty uses it for its buffers on Java 25 too, as in the tests. The jar's manifest grants native access.
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "-XX:MaxRAMPercentage=33", "-XX:MaxMetaspaceSize=96m", \
    "-XX:ReservedCodeCacheSize=64m", "-XX:+ExitOnOutOfMemoryError", \
    "--sun-misc-unsafe-memory-access=allow", "-Djava.library.path=/opt/scarfall/native", "-jar", "scarfall-server.jar"]
