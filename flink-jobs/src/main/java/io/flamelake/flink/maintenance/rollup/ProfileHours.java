/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;

/**
 * Tells which hours table {@code profiles} has, and in which version. A manifest never changes, so
 * each is read once. Not thread-safe.
 */
final class ProfileHours {

  private static final List<String> COLUMNS = List.of("file_path", "partition", "record_count");

  private Map<String, Map<Hour, HourState>> byManifest = Map.of();

  /**
   * Returns the hours of each tenant, counted since the epoch, in the table as it was refreshed.
   */
  SortedMap<String, SortedMap<Integer, HourState>> read(Table profiles) throws IOException {
    SortedMap<String, SortedMap<Integer, HourState>> tenants = new TreeMap<>();
    Map<String, Map<Hour, HourState>> manifests = new HashMap<>();
    Snapshot snapshot = profiles.currentSnapshot();
    if (snapshot != null) {
      for (ManifestFile manifest : snapshot.allManifests(profiles.io())) {
        Map<Hour, HourState> hours = byManifest.get(manifest.path());
        if (hours == null) {
          hours = read(profiles, manifest);
        }

        manifests.put(manifest.path(), hours);
        hours.forEach(
            (hour, state) ->
                tenants
                    .computeIfAbsent(hour.tenant, tenant -> new TreeMap<>())
                    .merge(hour.number, state, HourState::plus));
      }
    }

    byManifest = manifests;
    return tenants;
  }

  private static Map<Hour, HourState> read(Table profiles, ManifestFile manifest)
      throws IOException {
    Map<Hour, HourState> hours = new HashMap<>();
    try (ManifestReader<?> reader = open(profiles, manifest)) {
      for (ContentFile<?> file : reader) {
        StructLike partition = file.partition();
        Hour hour = new Hour(partition.get(0, String.class), partition.get(1, Integer.class));
        HourState state =
            new HourState(HourState.EMPTY.version().plus(file), file.content() != FileContent.DATA);
        hours.merge(hour, state, HourState::plus);
      }
    }

    return hours;
  }

  private static ManifestReader<?> open(Table profiles, ManifestFile manifest) {
    return manifest.content() == ManifestContent.DATA
        ? ManifestFiles.read(manifest, profiles.io(), profiles.specs()).select(COLUMNS)
        : ManifestFiles.readDeleteManifest(manifest, profiles.io(), profiles.specs())
            .select(COLUMNS);
  }

  private record Hour(String tenant, int number) {}
}
