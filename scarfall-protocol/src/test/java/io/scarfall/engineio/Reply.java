package io.scarfall.engineio;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An HTTP response as a client reads it.
 *
 * @param head the status line
 * @param headers by name in lower case; commas join the values of a repeated header
 */
record Reply(String head, Map<String, String> headers, Bytes content) {

    /** Reads a response to anything but HEAD. */
    static Reply read(InputStream in) throws IOException {
        return read(in, false);
    }

    static Reply read(InputStream in, boolean isHead) throws IOException {
        String head = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, two) -> one + ", " + two);
        }
        int length = isHead ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("end within a body");
        }
        return new Reply(head, headers, Bytes.wrap(body));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("end within a line: " + line);
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    int status() {
        return Integer.parseInt(head.substring(9, 12));
    }

    String header(String name) {
        return headers.get(name);
    }

    String body() {
        return content.utf8();
    }

    /** Status, type and body in one text, to compare. */
    @Override
    public String toString() {
        return status() + " " + header("content-type") + " " + body();
    }
}
