/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How much longer a quiet tenant waits for acknowledgements because of a neighbour. */
final class TenantFairness implements IngestPart {
  private static final double PER_SECOND = 40;
  private static final String TARGET = "1.2";

  /** For as long a neighbour goes before anything counts. */
  private static final long LEAD_SECONDS = 1;

  private final IngestPlan plan;
  private final boolean onDisk;
  private final List<Upload> uploads;

  /**
   * @param onDisk whether segments go to a local directory, not to a slow S3
   */
  TenantFairness(IngestPlan plan, FormatUploads uploads, boolean onDisk) throws Exception {
    this.plan = plan;
    this.onDisk = onDisk;
    this.uploads =
        uploads.of(ClientFormat.PPROF).stream().map(upload -> upload.ofTenant("quiet")).toList();
  }

  @Override
  public void measure() throws Exception {
    if (onDisk) {
      measure("local disk");
      return;
    }

    try (S3Server s3 = S3Server.start(SlowBlobStore::new)) {
      measure("PUT takes 60 ms (p99 200 ms)", s3.serverArguments());
    }
  }

  private void measure(String store, String... storeArguments) throws Exception {
    Path dir = plan.dir().resolve(onDisk ? "tenants-disk" : "tenants");
    Files.createDirectories(dir);
    Path overrides = Files.writeString(dir.resolve("limits.yaml"), NeighbourHabit.OVERRIDES);
    List<NeighbourProcess> neighbours = new ArrayList<>();
    try (ServerProcess server =
        ServerProcess.start(
            dir.resolve("storage"),
            Arguments.join(
                storeArguments,
                "-target=gateway",
                "-auth.multitenancy-enabled=true",
                "-limits.overrides-file=" + overrides))) {
      SteadyLoad load = new SteadyLoad(server, uploads, PER_SECOND);
      for (NeighbourHabit habit : NeighbourHabit.values()) {
        plan.progress("warm-up: " + habit.title());
        NeighbourProcess neighbour = NeighbourProcess.start(server.uri("/"), habit);
        neighbours.add(neighbour);
        measure(load, neighbour);
      }

      compare(store, load, neighbours);
    } finally {
      for (NeighbourProcess neighbour : neighbours) {
        neighbour.close();
      }
    }
  }

  private void compare(String store, SteadyLoad load, List<NeighbourProcess> neighbours)
      throws Exception {
    List<Latencies> alone = new ArrayList<>();
    Map<NeighbourHabit, List<Latencies>> disturbed = new EnumMap<>(NeighbourHabit.class);
    for (int round = 0; round < plan.rounds(); round++) {
      alone.add(load.run(plan.round()));
      for (NeighbourProcess neighbour : neighbours) {
        disturbed
            .computeIfAbsent(neighbour.habit(), key -> new ArrayList<>())
            .add(measure(load, neighbour));
      }
    }

    Latencies quiet = Latencies.all(alone.stream());
    row("quiet tenant, " + store + ": ack p50 / p99, alone", text(quiet), "");
    for (Map.Entry<NeighbourHabit, List<Latencies>> entry : disturbed.entrySet()) {
      Latencies latencies = Latencies.all(entry.getValue().stream());
      double ratio = latencies.quantile(0.99) / quiet.quantile(0.99);
      row(
          "with " + entry.getKey().title(),
          text(latencies) + format(", p99 %.2f times that alone", ratio),
          TARGET);
    }
  }

  private Latencies measure(SteadyLoad load, NeighbourProcess neighbour) throws Exception {
    neighbour.go();
    TimeUnit.SECONDS.sleep(LEAD_SECONDS);
    Latencies latencies = load.run(plan.round());
    plan.progress("neighbour: " + neighbour.stop() + "; " + text(latencies));
    return latencies;
  }

  private static String text(Latencies latencies) {
    return format("%.1f / %.1f ms", latencies.quantile(0.5), latencies.quantile(0.99));
  }
}
