package io.scarfall.socketio.packet;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.json.PackageVersion;

/**
 * What newer versions of Jackson 2 have and 2.15 lacks, because the application chooses the version. Each is used in a
 * class of its own, which a JVM with an older Jackson never loads.
 */
final class JacksonVersion {

    private static final int MINOR = PackageVersion.VERSION.getMinorVersion();

    private JacksonVersion() {}

    /** Lets names be as long as a payload. Before 2.16, Jackson does not bound them. */
    static void allowLongNames(StreamReadConstraints.Builder constraints) {
        if (MINOR >= 16) {
            Names.allowLong(constraints);
        }
    }

    /** Writes an emoji as four bytes. Before 2.18, Jackson writes it as twelve: {@code \}uD83D{@code \}uDE00. */
    static void writeEmojiAsBytes(JsonFactoryBuilder factory) {
        if (MINOR >= 18) {
            Emoji.writeAsBytes(factory);
        }
    }

    private static final class Names {

        static void allowLong(StreamReadConstraints.Builder constraints) {
            constraints.maxNameLength(Integer.MAX_VALUE);
        }
    }

    private static final class Emoji {

        static void writeAsBytes(JsonFactoryBuilder factory) {
            factory.enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
        }
    }
}
