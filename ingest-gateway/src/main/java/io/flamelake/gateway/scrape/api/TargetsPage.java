/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.api;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.Targets;
import io.flamelake.gateway.scrape.Targets.ActiveTarget;
import io.flamelake.gateway.scrape.Targets.DroppedJob;
import io.flamelake.gateway.scrape.loop.TargetStatus;
import io.flamelake.gateway.scrape.loop.TargetStatus.Health;
import io.flamelake.model.Label;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Targets as a page without scripts, that loads itself again every 15 seconds. */
final class TargetsPage {

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="refresh" content="15">
      <title>Flamelake: targets</title>
      <style>
      body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5em; color: #222; background: #fff; }
      table { border-collapse: collapse; margin-bottom: 1.5em; }
      th, td { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
      .DOWN, .error { color: #a00; }
      .UP { color: #060; }
      @media (prefers-color-scheme: dark) {
        body { color: #ddd; background: #181818; } th, td { border-color: #444; }
        .DOWN, .error { color: #f77; } .UP { color: #7d7; }
      }
      </style>
      </head>
      <body>
      <h1>Targets</h1>
      """;

  private final Targets targets;
  private final StringBuilder html = new StringBuilder(HEAD);

  TargetsPage(Targets targets) {
    this.targets = requireNonNull(targets, "targets");
  }

  String html() {
    if (targets.dropped().isEmpty()) {
      html.append("<p>No job is configured.</p>\n");
    }

    // Every job has an entry there.
    targets.dropped().forEach(this::addJob);
    return html.append("</body>\n</html>\n").toString();
  }

  private void addJob(DroppedJob job) {
    String name = job.job().name();
    List<ActiveTarget> all =
        targets.active().stream()
            .filter(active -> active.target().job().name().equals(name))
            .toList();
    List<ActiveTarget> own = all.stream().filter(ActiveTarget::isOwned).toList();
    long up = own.stream().filter(active -> active.status().health() == Health.UP).count();
    html.append("<h2>").append(escape(name)).append("</h2>\n");
    html.append(
        String.format(
            Locale.ROOT,
            "<p>Tenant %s, every %s: %d of %d up; %d at other replicas; %d dropped by rules.</p>%n",
            escape(job.job().tenant().value()),
            job.job().interval().toString().substring(2).toLowerCase(Locale.ROOT),
            up,
            own.size(),
            all.size() - own.size(),
            job.count()));
    if (!own.isEmpty()) {
      html.append(
          "<table>\n<tr><th>URL</th><th>state</th><th>labels</th><th>last scrape</th>"
              + "<th>took</th><th>error</th></tr>\n");
      own.forEach(this::addTarget);
      html.append("</table>\n");
    }
  }

  private void addTarget(ActiveTarget active) {
    TargetStatus status = active.status();
    html.append("<tr>");
    addCell("", active.target().url().toString());
    addCell(status.health().name(), status.health().name());
    addCell(
        "",
        active.target().labels().labels().stream()
            .map(TargetsPage::text)
            .collect(Collectors.joining(", ")));
    addCell("", status.lastScrape() == null ? "–" : status.lastScrape().toString());
    addCell("", status.lastScrape() == null ? "–" : status.lastDuration().toMillis() + " ms");
    addCell("error", status.lastError());
    html.append("</tr>\n");
  }

  private static String text(Label label) {
    return label.name() + "=\"" + label.value() + '"';
  }

  private void addCell(String style, String text) {
    html.append("<td class=\"").append(style).append("\">").append(escape(text)).append("</td>");
  }

  /** Labels are chosen by whoever runs a pod, errors by what it answers. */
  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
