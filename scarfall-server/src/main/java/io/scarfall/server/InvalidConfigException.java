package io.scarfall.server;

import java.util.List;

/** The configuration has mistakes, all of which the message names; it never shows a secret. */
final class InvalidConfigException extends Exception {

    private static final long serialVersionUID = 1;

    InvalidConfigException(List<String> problems) {
        super("invalid configuration:\n  " + String.join("\n  ", problems));
    }
}
