/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flamelake.it.TableAnswers.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks {@link TableQuestions} of a program of its own, which is given a directory: {@code
 * request.json} has the parameters and the properties of the catalog, and files {@code .sql} the
 * questions; it leaves a file {@code .tsv} of names and values for each.
 */
final class ProcessReader {
  private static final Duration AT_MOST = Duration.ofMinutes(10);

  private final Path dir;
  private final Map<String, Object> request = new LinkedHashMap<>();

  private ProcessReader(Path dir) {
    this.dir = dir;
  }

  /** Writes the request into a new directory. */
  static ProcessReader create(Path dir, TableQuestions questions, Map<String, String> catalog)
      throws IOException {
    ProcessReader reader = new ProcessReader(Files.createDirectory(dir));
    reader.request.putAll(questions.parameters());
    reader.request.put("catalog", catalog);
    return reader;
  }

  /** Adds a member to the request. */
  ProcessReader with(String name, String value) {
    request.put(name, value);
    return this;
  }

  /** Adds a file to the directory. */
  ProcessReader withFile(String name, String content) throws IOException {
    Files.writeString(dir.resolve(name), content);
    return this;
  }

  /** Adds the questions in the SQL of an engine. */
  ProcessReader withSql(String engine, TableQuestions questions) throws IOException {
    for (String question : TableQuestions.ALL) {
      withFile(
          question + ".sql",
          questions.sql(
              engine, question, "flamelake.flamelake.profiles", "flamelake.flamelake.stacks"));
    }

    return this;
  }

  /** Runs a command, with the directory as its last argument, and reads what it answered. */
  TableAnswers ask(List<String> command) throws IOException {
    Files.writeString(dir.resolve("request.json"), new ObjectMapper().writeValueAsString(request));
    List<String> complete = new ArrayList<>(command);
    complete.add(dir.toString());
    FlamelakeLauncher.Result result = FlamelakeLauncher.run(dir, AT_MOST, complete);
    assertThat(result.status())
        .as("status of %s%n%s%s", complete, result.out(), result.err())
        .isZero();
    return TableAnswers.of(
        rows(TableQuestions.TOTALS),
        rows(TableQuestions.STACKS),
        rows(TableQuestions.TOP_FUNCTIONS));
  }

  private List<Row> rows(String question) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve(question + ".tsv"))) {
      int tab = line.lastIndexOf('\t');
      rows.add(new Row(line.substring(0, tab), Long.parseLong(line.substring(tab + 1))));
    }

    return rows;
  }
}
