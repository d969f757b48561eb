package io.scarfall.server;

import java.util.ArrayList;
import java.util.List;

/** The server cannot start as it is configured; the message names all reasons, and never shows a secret. */
final class InvalidConfigException extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean mayPass;

    InvalidConfigException(List<String> mistakes) {
        this(mistakes, List.of());
    }

    /**
     * @param mistakes of settings
     * @param taken what was set well, but is not to be had now, such as a port
     */
    InvalidConfigException(List<String> mistakes, List<String> taken) {
        super("cannot start as configured:\n  " + String.join("\n  ", joined(mistakes, taken)));
        mayPass = mistakes.isEmpty();
    }

    private static List<String> joined(List<String> mistakes, List<String> taken) {
        List<String> all = new ArrayList<>(mistakes);
        all.addAll(taken);
        return all;
    }

    /** Whether another start may succeed without a change of settings. */
    boolean mayPass() {
        return mayPass;
    }
}
