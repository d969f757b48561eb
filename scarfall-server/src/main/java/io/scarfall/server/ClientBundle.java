package io.scarfall.server;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.HttpRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Serves the official JavaScript client from a folder of it, at the addresses that pages of Socket.IO servers use. Files are
 * read once, at the start. Thread-safe.
 */
final class ClientBundle implements HttpRoutes {

    private static final Map<String, String> FILES = Map.of(
            "socket.io.js", "socket.io.min.js",
            "socket.io.min.js", "socket.io.min.js",
            "socket.io.esm.min.js", "socket.io.esm.min.js",
            "socket.io.msgpack.min.js", "socket.io.msgpack.min.js");

    private final Map<String, Served> files = new HashMap<>();

    private record Served(Bytes content, String tag) {}

    /**
     * @param folder such as {@code node_modules/socket.io-client/dist}; files that are not in it are not served
     * @param path of the protocol
     * @throws IOException if a file cannot be read
     */
    ClientBundle(Path folder, String path) throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Path source = folder.resolve(file.getValue());
            if (Files.isRegularFile(source)) {
                byte[] content = Files.readAllBytes(source);
                CRC32C checksum = new CRC32C();
                checksum.update(content);
                String tag = "\"" + HexFormat.of().toHexDigits((int) checksum.getValue()) + "\"";
                files.put(path + "/" + file.getKey(), new Served(Bytes.wrap(content), tag));
            }
        }
    }

    @Override
    public @Nullable CompletionStage<HttpReply> answer(Handshake request) {
        Served file = files.get(request.path());
        if (file == null || !request.method().equals("GET")) {
            return null;
        }
        String known = request.header("If-None-Match");
        boolean unchanged = known != null && (known.equals(file.tag()) || known.equals("W/" + file.tag()));
        return CompletableFuture.completedFuture(new HttpReply(
                unchanged ? 304 : 200,
                "application/javascript; charset=utf-8",
                unchanged ? Bytes.EMPTY : file.content(),
                Map.of("Cache-Control", "public, max-age=0", "ETag", file.tag())));
    }
}
