/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.server.health.LakeStatus.RunStatus;
import io.flamelake.server.health.LakeStatus.TableStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A status as a page without scripts, that loads itself again every 15 seconds. */
final class LakePage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="refresh" content="15">
      <title>Flamelake: the lake</title>
      <style>
      body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5em; color: #222; background: #fff; }
      table { border-collapse: collapse; margin-bottom: 1.5em; }
      th, td { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top; }
      th:first-child, td:first-child, .text { text-align: left; }
      .warning { color: #a00; }
      @media (prefers-color-scheme: dark) {
        body { color: #ddd; background: #181818; } th, td { border-color: #444; } .warning { color: #f77; }
      }
      </style>
      </head>
      <body>
      <h1>The lake</h1>
      """;

  private final LakeStatus status;
  private final StringBuilder html = new StringBuilder(HEAD);

  LakePage(LakeStatus status) {
    this.status = requireNonNull(status, "status");
  }

  String html() {
    addWarnings();
    addTables();
    addLog();
    addMaintenance();
    addTenants();
    return html.append("</body>\n</html>\n").toString();
  }

  private void addWarnings() {
    if (status.warnings().isEmpty()) {
      html.append("<p>All is well, as of ").append(escape(status.time())).append(".</p>\n");
      return;
    }

    html.append("<p>As of ").append(escape(status.time())).append(":</p>\n<ul>\n");
    status
        .warnings()
        .forEach(
            warning ->
                html.append("<li class=\"warning\">").append(escape(warning)).append("</li>\n"));
    html.append("</ul>\n");
  }

  private void addTables() {
    begin(
        "Tables",
        "table",
        "files",
        "small files",
        "most in a partition",
        "partitions",
        "bytes",
        "rows",
        "snapshots",
        "manifests",
        "metadata",
        "last commit");
    for (TableStatus table : status.tables()) {
      addRow(
          table.table(),
          number(table.files()),
          number(table.smallFiles()),
          number(table.mostFilesInPartition()),
          number(table.partitions()),
          size(table.bytes()),
          number(table.rows()),
          number(table.snapshots()),
          number(table.manifests()),
          size(table.metadataBytes()),
          orDash(table.lastCommit()));
    }

    end();
  }

  private void addLog() {
    begin("Segment log and roll-ups", "what", "now");
    addRow("lanes", number(status.log().lanes()));
    addRow("segments to be committed", number(status.log().pendingSegments()));
    addRow("the first has been waiting", status.log().lagSeconds() + " s");
    addRow("segments in quarantine", number(status.log().quarantinedSegments()));
    addRow("closed hours without roll-up", number(status.rollUps().missingHours()));
    addRow("the oldest of them", orDash(status.rollUps().oldestMissingHour()));
    end();
  }

  private void addMaintenance() {
    begin(
        "Maintenance since this process started",
        "kind",
        "looked at",
        "due",
        "last task ended",
        "tasks",
        "failures",
        "busy",
        "in all",
        "last failure");
    for (RunStatus run : status.maintenance()) {
      addRow(
          run.kind(),
          orDash(run.plannedAt()),
          number(run.due()),
          orDash(run.lastEnd()),
          number(run.tasks()),
          number(run.failures()),
          String.format(Locale.ROOT, "%.1f s", run.busySeconds()),
          counts(run.totals()),
          run.lastError() == null ? "–" : run.lastFailure() + " " + run.lastError());
    }

    end();
  }

  private void addTenants() {
    begin("Bytes by tenant and service", "tenant", "service", "bytes");
    status
        .tenants()
        .forEach(
            (tenant, sizes) -> {
              addRow(tenant, "all", size(sizes.bytes()));
              sizes
                  .bytesByService()
                  .forEach((service, bytes) -> addRow(tenant, service, size(bytes)));
            });
    end();
  }

  private void begin(String title, String... columns) {
    html.append("<h2>").append(title).append("</h2>\n<table>\n<tr>");
    List.of(columns).forEach(column -> html.append("<th>").append(column).append("</th>"));
    html.append("</tr>\n");
  }

  private void addRow(String... cells) {
    html.append("<tr>");
    List.of(cells).forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
    html.append("</tr>\n");
  }

  private void end() {
    html.append("</table>\n");
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String size(long bytes) {
    if (bytes < 1 << 20) {
      return String.format(Locale.ROOT, "%,.1f KiB", bytes / 1024.0);
    }

    return String.format(Locale.ROOT, "%,.1f MiB", bytes / (1024.0 * 1024));
  }

  private static String counts(Map<String, Long> counts) {
    return counts.isEmpty()
        ? "–"
        : counts.entrySet().stream()
            .map(count -> count.getKey() + " " + number(count.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String orDash(@Nullable String text) {
    return text == null ? "–" : text;
  }

  /** Tenants and services are named by clients. */
  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
