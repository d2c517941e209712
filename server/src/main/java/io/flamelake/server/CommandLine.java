/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.server.config.ConfigSources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command, if there is one, and the flags: {@code -name=value}, {@code -name value} or, for
 * switches, {@code -name}; two dashes are as good as one.
 *
 * @param action what to do
 * @param configFile the file named by {@code -config.file}, or null
 * @param tasks what {@code maintain} is to do, or null if that was not said
 * @param values all other flags: configuration keys
 */
record CommandLine(
    Action action, @Nullable Path configFile, @Nullable String tasks, Map<String, String> values) {
  private static final String CONFIG_FILE = "config.file";
  private static final String MAINTAIN = "maintain";
  private static final String TASKS = "tasks";

  /** What the program is asked to do. */
  enum Action {
    RUN,
    MAINTAIN,
    PRINT_HELP,
    PRINT_VERSION,
    PRINT_MODULES
  }

  /**
   * Reads the flags. Whether their names are keys is for the configuration to say.
   *
   * @throws IllegalArgumentException if an argument is no flag or lacks its value
   */
  static CommandLine parse(String... arguments) {
    boolean maintains = arguments.length > 0 && arguments[0].equals(MAINTAIN);
    Action action = maintains ? Action.MAINTAIN : Action.RUN;
    String tasks = null;
    Path configFile = null;
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = maintains ? 1 : 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith("-") || argument.length() < 2) {
        throw new IllegalArgumentException(
            "Unexpected argument '" + argument + "' (expected: flags like -target=all, see -help)");
      }

      String flag = argument.startsWith("--") ? argument.substring(2) : argument.substring(1);
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      Action special = equals < 0 ? findAction(name) : null;
      if (special != null) {
        action = special;
        continue;
      }

      String value;
      if (equals >= 0) {
        value = flag.substring(equals + 1);
      } else if (ConfigSources.isSwitch(name)) {
        value = "true";
      } else if (i + 1 < arguments.length && !arguments[i + 1].startsWith("-")) {
        value = arguments[++i];
      } else {
        throw new IllegalArgumentException("Flag -" + name + " needs a value: -" + name + "=VALUE");
      }

      if (name.equals(CONFIG_FILE)) {
        configFile = Path.of(value);
      } else if (maintains && name.equals(TASKS)) {
        tasks = value;
      } else {
        values.put(name, value);
      }
    }

    return new CommandLine(action, configFile, tasks, values);
  }

  private static @Nullable Action findAction(String name) {
    return switch (name) {
      case "h", "help" -> Action.PRINT_HELP;
      case "version" -> Action.PRINT_VERSION;
      case "modules" -> Action.PRINT_MODULES;
      default -> null;
    };
  }
}
