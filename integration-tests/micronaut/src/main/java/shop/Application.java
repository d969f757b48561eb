package shop;

import io.micronaut.runtime.Micronaut;

/** Starts the application. */
public final class Application {

    private Application() {}

    public static void main(String[] arguments) {
        Micronaut.run(Application.class, arguments);
    }
}
