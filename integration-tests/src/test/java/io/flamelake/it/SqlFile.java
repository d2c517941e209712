/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A file of {@code sql/}: one statement, with comments. */
record SqlFile(Path path) {
  /** All files of a directory of {@code sql/}, in the order of their numbers. */
  static List<SqlFile> in(String directory) {
    try (Stream<Path> files =
        Files.list(FlamelakeLauncher.root().resolve("sql").resolve(directory))) {
      return files.sorted().map(SqlFile::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SqlFile of(String directory, String name) {
    return new SqlFile(
        FlamelakeLauncher.root().resolve("sql").resolve(directory).resolve(name + ".sql"));
  }

  /** The file's name without its ending. */
  String name() {
    return path.getFileName().toString().replace(".sql", "");
  }

  /** The statement as a driver takes it, without the semicolon. */
  String statement() {
    try {
      String text = Files.readString(path).strip();
      if (!text.endsWith(";")) {
        throw new IllegalStateException(path + " does not end with a semicolon");
      }

      return text.substring(0, text.length() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The statement with other values of its parameters: those of its first {@code SELECT}. */
  String statement(Map<String, String> parameters) {
    String statement = statement();
    int end = statement.indexOf("\n)");
    String head = statement.substring(0, end);
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      Matcher line =
          Pattern.compile("^ {8}(?!--).+ AS " + parameter.getKey() + "(,?)$", Pattern.MULTILINE)
              .matcher(head);
      if (!line.find()) {
        throw new IllegalArgumentException(path + " has no parameter " + parameter.getKey());
      }

      head =
          head.substring(0, line.start())
              + "        "
              + parameter.getValue()
              + " AS "
              + parameter.getKey()
              + line.group(1)
              + head.substring(line.end());
    }

    return head + statement.substring(end);
  }

  @Override
  public String toString() {
    return name();
  }
}
