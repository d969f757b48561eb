package io.scarfall.server.faults;

import io.scarfall.server.faults.Experiment.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Runs faults by hand, for longer than the tests do, and prints the table: {@code Faults [name or all] [seconds]}. */
public final class Faults {

    private Faults() {}

    /** @param args the name of a {@link Fault}, and how many seconds each fault lasts, where that can be chosen */
    public static void main(String[] args) {
        String name = args.length > 0 ? args[0].toUpperCase(Locale.ROOT) : "ALL";
        List<Fault> faults = Stream.of(Fault.values())
                .filter(fault -> name.equals("ALL") || fault.name().equals(name))
                .toList();
        List<Outcome> outcomes = new ArrayList<>();
        for (World.Kind kind : World.Kind.values()) {
            List<Fault> here =
                    faults.stream().filter(fault -> fault.kind() == kind).toList();
            if (here.isEmpty()) {
                continue;
            }
            try (World world = World.of(kind)) {
                for (Fault fault : here) {
                    boolean chosen = args.length > 1 && !fault.time().isZero();
                    Duration time = chosen ? Duration.ofSeconds(Long.parseLong(args[1])) : fault.time();
                    Outcome outcome = new Experiment(world).run(fault, time);
                    System.out.println(outcome.row());
                    explain(outcome);
                    outcomes.add(outcome);
                }
            }
        }
        System.out.println(Outcome.HEAD);
        outcomes.forEach(outcome -> System.out.println(outcome.row()));
        System.exit(0); // connections to Redis may keep the JVM alive
    }

    private static void explain(Outcome outcome) {
        outcome.verdict().examples().forEach(System.out::println);
        outcome.misinformed().forEach(System.out::println);
        outcome.exits().forEach(name -> System.out.println(name + " exited unexpectedly"));
        if (!outcome.differences().isEmpty()) {
            System.out.println(outcome.differences());
        }
    }
}
