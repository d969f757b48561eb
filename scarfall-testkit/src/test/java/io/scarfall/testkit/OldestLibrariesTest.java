package io.scarfall.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.testing.Linkage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The test kit fits the oldest versions of Netty and Jackson that an application may bring. */
class OldestLibrariesTest {

    @Test
    void everyReferenceToALibraryIsInItsOldestVersion() throws Exception {
        Path oldest = Path.of(System.getProperty("scarfall.oldest.libraries"), "oldest");
        try (Stream<Path> jars = Files.list(oldest)) {
            assertThat(Linkage.missing(TestCluster.class, Linkage.classPath(jars.toList())))
                    .isEmpty();
        }
    }
}
