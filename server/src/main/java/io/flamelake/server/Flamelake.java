/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.server.config.ConfigException;
import io.flamelake.server.config.ConfigReference;
import io.flamelake.server.config.ConfigSources;
import io.flamelake.server.config.FlamelakeConfig;
import io.flamelake.server.config.Target;
import io.flamelake.server.deletion.DeleteCommand;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** The main program. */
public final class Flamelake {
  private static final Logger LOG = LoggerFactory.getLogger(Flamelake.class);
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_FAILURE = 1;

  /** Everything acknowledged is in the segment log, so a stop that hangs may be cut short. */
  private static final Duration MAX_STOP = Duration.ofSeconds(30);

  private final PrintStream out;
  private final PrintStream err;

  Flamelake(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @SuppressWarnings("SystemOut") // The program's own output; logs go through slf4j.
  public static void main(String[] arguments) {
    int status = new Flamelake(System.out, System.err).run(arguments);
    // Flink and others leave threads behind that are no daemons.
    System.exit(status);
  }

  /** Does what the arguments say and returns the exit status. */
  int run(String... arguments) {
    if (arguments.length > 0 && arguments[0].equals("delete")) {
      return new DeleteCommand(out, err).run(Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    try {
      CommandLine commandLine = CommandLine.parse(arguments);
      return switch (commandLine.action()) {
        case PRINT_HELP -> print(help());
        case PRINT_VERSION -> print("flamelake " + Version.text() + "\n");
        case PRINT_MODULES -> print(modules());
        case MAINTAIN -> maintain(config(commandLine), commandLine.tasks());
        case RUN -> serve(config(commandLine));
      };
    } catch (ConfigException | IllegalArgumentException e) {
      err.println("flamelake: " + e.getMessage());
      return EXIT_USAGE;
    } catch (StartException e) {
      err.println("flamelake: " + e.getMessage());
      return EXIT_FAILURE;
    } catch (RuntimeException e) {
      LOG.error("Flamelake cannot start", e);
      return EXIT_FAILURE;
    }
  }

  private static FlamelakeConfig config(CommandLine commandLine) {
    return ConfigSources.load(commandLine.configFile(), System.getenv(), commandLine.values());
  }

  private int maintain(FlamelakeConfig config, @Nullable String tasks) {
    return new MaintainCommand(config, tasks).run(out) ? 0 : EXIT_FAILURE;
  }

  private int serve(FlamelakeConfig config) {
    CountDownLatch stop = new CountDownLatch(1);
    stopOnSignals(stop);
    long jvmUptimeNanos = ManagementFactory.getRuntimeMXBean().getUptime() * 1_000_000;
    StartProgress progress = new StartProgress(err, System.nanoTime() - jvmUptimeNanos);
    FlamelakeServer server = FlamelakeServer.start(config, progress);
    out.printf("Flamelake %s is ready: http://localhost:%d/%n", Version.text(), server.port());
    out.flush();
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    err.println("Stopping: sealing lanes, committing the last checkpoint");
    StartProgress stopping = new StartProgress(err, System.nanoTime());
    haltIfStopHangs();
    server.close();
    stopping.report("Stopped");
    return 0;
  }

  /**
   * Signals are taken here and not by shutdown hooks: those run all at once, so Flink's and
   * Armeria's would take away what an orderly stop still needs. A second signal ends at once.
   */
  private static void stopOnSignals(CountDownLatch stop) {
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stop.getCount() == 0) {
              Runtime.getRuntime().halt(128 + signal.getNumber());
            }

            stop.countDown();
          });
    }
  }

  private void haltIfStopHangs() {
    Thread watchdog =
        new Thread(
            () -> {
              try {
                Thread.sleep(MAX_STOP.toMillis());
              } catch (InterruptedException e) {
                return;
              }

              err.printf("Not stopped after %d s, giving up%n", MAX_STOP.toSeconds());
              Runtime.getRuntime().halt(EXIT_FAILURE);
            },
            "stop-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private int print(String text) {
    out.print(text);
    out.flush();
    return 0;
  }

  private static String help() {
    return """
    Flamelake: a continuous-profiling database on an open lakehouse

    Usage: flamelake [-target=all] [-config.file=FILE] [-KEY=VALUE ...]
           flamelake maintain [-tasks=all] [-config.file=FILE] [-KEY=VALUE ...]
           flamelake delete -selector='{service_name="x"}' [-yes] [-wait] ...
      maintain         does what maintenance is due, once, and prints what it did
      -tasks=LIST      all, or some of deletion, retention, compact, roll-up, expire, manifests,
                       orphans, segments
      -help            prints this
      -version         prints the version
      -modules         prints the targets and what they do
      -config.file=FILE
            reads configuration from a YAML file; flags and environment variables win

    """
        + ConfigReference.toHelp();
  }

  private static String modules() {
    StringBuilder text = new StringBuilder();
    for (Target target : Target.values()) {
      text.append(String.format("%-12s%s%n", target.targetName(), target.description()));
    }

    return text.append(String.format("%-12s%s%n", "all", "every one of these")).toString();
  }
}
