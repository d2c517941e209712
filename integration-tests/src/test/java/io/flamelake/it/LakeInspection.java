/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * A look at the whole storage directory of a server with an embedded catalog, by a walk of its own
 * through the directories and the metadata.
 */
final class LakeInspection {
  private static final int MAX_LOOKS = 20;

  private LakeInspection() {}

  /** Inspects all five tables. */
  static List<InspectedTable> tables(Path storage) {
    for (int attempt = 1; ; attempt++) {
      try {
        return tablesNow(storage);
      } catch (NotFoundException | NoSuchFileException e) {
        // Maintenance that runs meanwhile expired the version that was being read.
        if (attempt == MAX_LOOKS) {
          throw new IllegalStateException("No version stayed while it was read", e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<InspectedTable> tablesNow(Path storage) throws IOException {
    try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(storage))) {
      LakeTables tables = catalog.tables();
      List<InspectedTable> inspected = new ArrayList<>();
      for (Table table :
          List.of(
              tables.profiles(),
              tables.stacks(),
              tables.series(),
              tables.flame1h(),
              tables.flame1d())) {
        inspected.add(inspect(table));
      }

      return inspected;
    }
  }

  private static InspectedTable inspect(Table table) throws IOException {
    TableMetadata metadata = ((HasTableOperations) table).operations().current();
    // First, since the next twenty commits delete it.
    long metadataBytes = Files.size(Path.of(path(metadata.metadataFileLocation())));
    SortedSet<String> referred = referredFiles(table, metadata);
    SortedSet<String> present = new TreeSet<>();
    filesBelow(Path.of(URI.create(table.location()))).forEach(file -> present.add(file.toString()));
    SortedSet<String> orphans = new TreeSet<>(present);
    orphans.removeAll(referred);
    SortedSet<String> missing = new TreeSet<>(referred);
    missing.removeAll(present);

    Map<String, InspectedTable.PartitionSize> partitions = new TreeMap<>();
    long rows = 0;
    long bytes = 0;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        rows += file.recordCount();
        bytes += file.fileSizeInBytes();
        partitions.merge(
            task.spec().partitionToPath(file.partition()),
            new InspectedTable.PartitionSize(1, file.fileSizeInBytes()),
            InspectedTable.PartitionSize::plus);
      }
    }

    return new InspectedTable(
        table.name().substring(table.name().lastIndexOf('.') + 1),
        rows,
        bytes,
        metadataBytes,
        metadata.snapshots().size(),
        partitions,
        Long.parseLong(
            table
                .properties()
                .getOrDefault(
                    TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                    Long.toString(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT))),
        orphans,
        missing);
  }

  /** Everything that the current metadata and all of its snapshots need. */
  private static SortedSet<String> referredFiles(Table table, TableMetadata metadata)
      throws IOException {
    SortedSet<String> referred = new TreeSet<>();
    referred.add(path(metadata.metadataFileLocation()));
    metadata.previousFiles().forEach(previous -> referred.add(path(previous.file())));
    for (StatisticsFile statistics : metadata.statisticsFiles()) {
      referred.add(path(statistics.path()));
    }

    for (Snapshot snapshot : metadata.snapshots()) {
      referred.add(path(snapshot.manifestListLocation()));
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (!referred.add(path(manifest.path()))) {
          continue;
        }

        try (ManifestReader<DataFile> files =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          files.forEach(file -> referred.add(path(file.location())));
        }
      }
    }

    return referred;
  }

  /** All files below a directory, but for those that go away meanwhile. */
  private static SortedSet<Path> filesBelow(Path directory) {
    SortedSet<Path> files = new TreeSet<>();
    SimpleFileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, @Nullable IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(directory, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return files;
  }

  private static String path(String location) {
    return location.startsWith("file:") ? URI.create(location).getPath() : location;
  }

  /** The segments in the log that are older than this. */
  static List<Path> segmentsOlderThan(Path storage, Duration age) {
    Instant latest = Instant.now().minus(age);
    List<Path> segments =
        filesBelow(storage.resolve("segments")).stream()
            .filter(file -> file.toString().endsWith(".seg"))
            .sorted()
            .toList();
    // The end of each lane fences its writer, and stays for `maintenance.lane-retention`.
    Map<Path, Path> ends = new TreeMap<>();
    segments.forEach(file -> ends.put(requireNonNull(file.getParent()), file));
    return segments.stream()
        .filter(file -> !ends.containsValue(file) && isBefore(file, latest))
        .toList();
  }

  private static boolean isBefore(Path file, Instant time) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(time);
    } catch (IOException gone) {
      return false;
    }
  }

  /** The bytes of the newest checkpoint that Flink's job manager keeps by itself. */
  static long jobManagerStateBytes(Path storage) {
    return filesBelow(storage).stream()
        .filter(file -> file.endsWith("_metadata"))
        .mapToLong(file -> file.toFile().length())
        .max()
        .orElse(0);
  }
}
