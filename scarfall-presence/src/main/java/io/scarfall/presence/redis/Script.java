package io.scarfall.presence.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts of {@code resources/lua}; each file says what its KEYS and ARGV are. What they share is put before them. */
enum Script {
    SESSIONS("clock", "unreadable", "partition", "fence", "user", "change", "rebuild", "offline"),
    REAP("clock", "unreadable", "partition", "user", "change", "rebuild", "offline"),
    GRACES("clock", "unreadable", "partition", "user", "change", "rebuild", "offline"),
    HELD("clock", "unreadable", "partition", "user", "change", "rebuild"),
    MEND("clock", "unreadable", "partition", "user", "change", "rebuild"),
    HEAL("clock", "unreadable"),
    UNFENCE("clock"),
    JOIN("clock", "unreadable", "nodes"),
    BEAT("clock", "unreadable", "nodes"),
    LEAVE("clock", "unreadable", "nodes"),
    NEXT("clock", "unreadable", "nodes"),
    VIEW("clock", "unreadable", "nodes"),
    FORGET,
    META,
    FRIENDS("clock", "unreadable"),
    LIST,
    WATCH("clock", "unreadable"),
    INDEXED,
    REVOKE("clock", "unreadable"),
    CLAIM("clock", "unreadable"),
    GROUP_READ("clock", "unreadable"),
    GROUP_ACK,
    GROUP_LEAVE;

    private final String source;
    private final String sha;

    Script(String... shared) {
        StringBuilder text = new StringBuilder();
        for (String part : shared) {
            text.append(read(part));
        }
        source = text.append(read(name().toLowerCase(Locale.ROOT))).toString();
        sha = sha1(source);
    }

    /** Reads all of them, where that may take its time: whoever needs one first is an event loop. */
    static void load() {
        // by having been called
    }

    String source() {
        return source;
    }

    /** The name by which Redis knows it once it is loaded. */
    String sha() {
        return sha;
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream("/lua/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("lua/" + name + ".lua: missing (expected: a resource of this module)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
