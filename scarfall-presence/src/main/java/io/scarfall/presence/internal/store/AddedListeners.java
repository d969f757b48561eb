package io.scarfall.presence.internal.store;

import io.scarfall.presence.Roster.AddedListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a roster; only the first one is called. Thread-safe. */
public final class AddedListeners {

    private static final Logger log = LoggerFactory.getLogger(AddedListeners.class);

    private final CopyOnWriteArrayList<AddedListener> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener after the others. */
    public void add(AddedListener listener) {
        listeners.addIfAbsent(listener);
    }

    /** Removes a listener, if it is there. */
    public void remove(AddedListener listener) {
        listeners.remove(listener);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** Calls the first listener, if friends were added. Its exceptions are logged. */
    public void tell(String userId, List<String> added) {
        if (added.isEmpty()) {
            return;
        }
        listeners.stream().findFirst().ifPresent(first -> {
            try {
                first.added(userId, List.copyOf(added));
            } catch (RuntimeException e) {
                log.error("listener of friends failed user={}", LogValue.of(userId), e);
            }
        });
    }
}
