/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.lang.reflect.RecordComponent;
import java.util.List;

/** The page {@code docs/configuration.md}, and the list of keys that {@code -help} prints. */
public final class ConfigReference {
  private ConfigReference() {}

  /** One line per key. */
  public static String toHelp() {
    StringBuilder text = new StringBuilder();
    for (KeyDescription key : ConfigBinder.keys(FlamelakeConfig.class)) {
      text.append(
          String.format("  -%s%n", key.isPrefix() ? key.prefix() + "NAME=VALUE" : flag(key)));
      text.append("        ").append(key.description().replace("`", "")).append('\n');
    }

    return text.toString();
  }

  private static String flag(KeyDescription key) {
    return key.name() + "=" + key.defaultValue();
  }

  /** The whole page as Markdown. */
  public static String toMarkdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            <!-- Written by ConfigReferenceTest from the records in io.flamelake.server.config:
                 change those, then run `mvn -pl server test -Dflamelake.update-docs`. -->

            Every key can be given in three ways; a flag wins over an environment variable, that over the file,
            that over the default.

            | | written |
            |---|---|
            | flag | `bin/flamelake -server.http-listen-port=4041` (`--server.http-listen-port 4041` is the same) |
            | environment variable | `SERVER_HTTP_LISTEN_PORT=4041`: upper case, `.` and `-` as `_`; not for maps |
            | YAML file, `-config.file=FILE` | `server.http-listen-port: 4041`, or nested: `server: {http-listen-port: 4041}` |

            Durations are written `250ms`, `5s`, `15m`, `1h30m`, `7d`; sizes `64KiB`, `16MiB`, `1GiB`. A key that
            does not exist is refused, with the nearest one that does.
            """);
    for (RecordComponent section : FlamelakeConfig.class.getRecordComponents()) {
      appendSection(page, section.getType().asSubclass(Record.class));
    }

    return page.toString();
  }

  private static void appendSection(StringBuilder page, Class<? extends Record> type) {
    ConfigSection section = type.getAnnotation(ConfigSection.class);
    if (section == null) {
      throw new IllegalStateException("No @ConfigSection: " + type);
    }

    List<KeyDescription> keys = ConfigBinder.keys(type);
    page.append("\n## ").append(section.value()).append("\n\n");
    page.append("| key | type | default | |\n|---|---|---|---|\n");
    for (KeyDescription key : keys) {
      String shown = key.defaultValue().isEmpty() ? "" : '`' + key.defaultValue() + '`';
      page.append(
          String.format(
              "| `%s` | %s | %s | %s |%n", key.name(), key.type(), shown, key.description()));
    }
  }
}
