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
     * @param notes what is no mistake of a setting, such as a port that another process has
     */
    InvalidConfigException(List<String> mistakes, List<String> notes) {
        super("cannot start as configured:\n  " + String.join("\n  ", joined(mistakes, notes)));
        mayPass = mistakes.isEmpty();
    }

    private static List<String> joined(List<String> mistakes, List<String> notes) {
        List<String> all = new ArrayList<>(mistakes);
        all.addAll(notes);
        return all;
    }

    /** Whether another start may succeed without a change of settings. */
    boolean mayPass() {
        return mayPass;
    }
}
