package io.scarfall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The resources that a process uses, from the Linux kernel. */
record ServerUsage(long residentMegabytes, long descriptors) {

    static ServerUsage of(long pid) throws IOException {
        long kilobytes = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return new ServerUsage(kilobytes / 1024, descriptors.count());
        }
    }

    @Override
    public String toString() {
        return residentMegabytes + " MB resident, " + descriptors + " descriptors";
    }
}
