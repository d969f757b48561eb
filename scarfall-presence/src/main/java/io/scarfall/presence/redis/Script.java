package io.scarfall.presence.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The scripts, in the folder {@code lua} beside this class; each file documents its KEYS and ARGV. Shared parts come
 * before the script.
 */
enum Script {
    SESSIONS("clock", "note", "partition", "fence", "user", "change", "offline"),
    REAP("clock", "note", "unreadable", "partition", "user", "change", "rebuild", "offline"),
    GRACES("clock", "note", "unreadable", "partition", "user", "change", "rebuild", "offline"),
    HELD("clock", "note", "unreadable", "partition", "user", "change", "rebuild"),
    MEND("clock", "note", "unreadable", "partition", "user", "change", "rebuild"),
    HEAL("clock", "note", "unreadable"),
    UNFENCE("clock"),
    JOIN("clock", "note", "unreadable", "nodes"),
    BEAT("clock", "note", "unreadable", "nodes"),
    LEAVE("clock", "note", "unreadable", "nodes"),
    NEXT("clock", "note", "unreadable", "nodes"),
    VIEW("clock", "note", "unreadable", "nodes"),
    FORGET("clock"),
    META,
    FRIENDS("clock", "note", "unreadable"),
    LIST,
    WATCH("clock", "note", "unreadable"),
    INDEXED,
    REVOKE("clock", "note", "unreadable"),
    CLAIM("clock", "note", "unreadable"),
    GROUP_READ("clock", "note", "unreadable"),
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
        sha = sha1(source.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads all scripts now. Otherwise the first thread that needs one would read it, an event loop. */
    static void load() {
        // the initialization of this class reads them
    }

    String source() {
        return source;
    }

    /** Its name in Redis, once it is loaded. */
    String sha() {
        return sha;
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream("lua/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("lua/" + name + ".lua: missing (expected: a resource of this module)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Like redis.sha1hex in scripts. */
    static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
