/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.table;

import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.cache.WeightedCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.expressions.ManifestEvaluator;
import org.apache.iceberg.expressions.Projections;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.transforms.Transform;
import org.jspecify.annotations.Nullable;

/**
 * One version of one table. Planning is Iceberg's, by its evaluators over partitions and column
 * bounds, but from manifests that stay parsed between queries: they never change either.
 */
public final class PinnedTable {
  private final String name;
  private final FileIO io;
  private final TableMetadata metadata;
  private final WeightedCache<String, List<DataFile>> manifests;

  public PinnedTable(
      String name,
      FileIO io,
      TableMetadata metadata,
      WeightedCache<String, List<DataFile>> manifests) {
    this.name = name;
    this.io = io;
    this.metadata = metadata;
    this.manifests = manifests;
  }

  public FileIO io() {
    return io;
  }

  public Map<String, String> properties() {
    return metadata.properties();
  }

  public Schema schema() {
    return metadata.schema();
  }

  public int fieldId(String column) {
    return schema().findField(column).fieldId();
  }

  /** Whether all rows of a file that passed a filter on this column's value have that value. */
  public boolean isPartitionedBy(DataFile file, String column) {
    return spec(file.specId()).identitySourceIds().contains(fieldId(column));
  }

  /**
   * The data files that may hold rows that match, oldest first.
   *
   * @throws ProfileStoreException if a manifest cannot be read, or if the table has row-level
   *     deletes, which the scan does not apply
   */
  public List<DataFile> plan(Expression filter) {
    Snapshot snapshot = metadata.currentSnapshot();
    if (snapshot == null) {
      return List.of();
    }

    try {
      if (snapshot.deleteManifests(io).stream().anyMatch(PinnedTable::hasFiles)) {
        throw new ProfileStoreException(
            "Table " + name + " has row-level deletes, which the lake engine does not apply", null);
      }

      Map<Integer, SpecFilter> filters = new HashMap<>();
      List<DataFile> files = new ArrayList<>();
      for (ManifestFile manifest : snapshot.dataManifests(io)) {
        SpecFilter specFilter =
            filters.computeIfAbsent(
                manifest.partitionSpecId(), id -> new SpecFilter(spec(id), schema(), filter));
        if (specFilter.manifests.eval(manifest)) {
          for (DataFile file : files(manifest)) {
            if (specFilter.matches(file)) {
              files.add(file);
            }
          }
        }
      }

      files.sort(
          Comparator.comparingLong(PinnedTable::sequenceNumber).thenComparing(DataFile::location));
      return files;
    } catch (ProfileStoreException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ProfileStoreException("Cannot plan a scan of table " + name, e);
    }
  }

  /**
   * All files of the partitions that may hold rows that match: data files, and those with row-level
   * deletes.
   *
   * @param filter on columns that the table is partitioned by; bounds of columns are not looked at
   * @throws ProfileStoreException if a manifest cannot be read
   */
  public List<ContentFile<?>> partitionFiles(Expression filter) {
    Snapshot snapshot = metadata.currentSnapshot();
    if (snapshot == null) {
      return List.of();
    }

    try {
      Map<Integer, SpecFilter> filters = new HashMap<>();
      List<ContentFile<?>> files = new ArrayList<>();
      for (ManifestFile manifest : snapshot.allManifests(io)) {
        SpecFilter specFilter =
            filters.computeIfAbsent(
                manifest.partitionSpecId(), id -> new SpecFilter(spec(id), schema(), filter));
        if (specFilter.manifests.eval(manifest)) {
          for (ContentFile<?> file : contentFiles(manifest)) {
            if (specFilter.partitions.eval(file.partition())) {
              files.add(file);
            }
          }
        }
      }

      return files;
    } catch (IOException | RuntimeException e) {
      throw new ProfileStoreException("Cannot list the files of table " + name, e);
    }
  }

  private List<? extends ContentFile<?>> contentFiles(ManifestFile manifest) throws IOException {
    if (manifest.content() == ManifestContent.DATA) {
      return files(manifest);
    }

    List<ContentFile<?>> files = new ArrayList<>();
    try (ManifestReader<DeleteFile> reader =
        ManifestFiles.readDeleteManifest(manifest, io, metadata.specsById())) {
      for (DeleteFile file : reader) {
        files.add(file.copyWithoutStats());
      }
    }

    return files;
  }

  /**
   * What a file's rows have in common by partition: the value of a column after a transform.
   *
   * @return null if the file's rows may differ in it
   */
  public <T> @Nullable T findPartitionValue(
      ContentFile<?> file, String column, Transform<?, T> transform, Class<T> type) {
    List<PartitionField> fields = spec(file.specId()).fields();
    for (int i = 0; i < fields.size(); i++) {
      PartitionField field = fields.get(i);
      if (field.sourceId() == fieldId(column)
          && field.transform().toString().equals(transform.toString())) {
        return file.partition().get(i, type);
      }
    }

    return null;
  }

  /** A manifest stays for one more commit after its last file was removed, to tell so. */
  private static boolean hasFiles(ManifestFile manifest) {
    return manifest.hasAddedFiles() || manifest.hasExistingFiles();
  }

  private static long sequenceNumber(DataFile file) {
    Long sequenceNumber = file.dataSequenceNumber();
    return sequenceNumber == null ? 0 : sequenceNumber;
  }

  private List<DataFile> files(ManifestFile manifest) throws IOException {
    List<DataFile> cached = manifests.find(manifest.path());
    if (cached != null) {
      return cached;
    }

    List<DataFile> files = new ArrayList<>();
    try (ManifestReader<DataFile> reader = ManifestFiles.read(manifest, io, metadata.specsById())) {
      for (DataFile file : reader) {
        files.add(file.copy());
      }
    }

    return manifests.add(manifest.path(), List.copyOf(files));
  }

  private PartitionSpec spec(int id) {
    @Nullable PartitionSpec spec = metadata.specsById().get(id);
    if (spec == null) {
      throw new IllegalStateException("Table " + name + " has no partition spec " + id);
    }

    return spec;
  }

  /** The filter, bound to one partition spec. */
  private static final class SpecFilter {
    final ManifestEvaluator manifests;
    final Evaluator partitions;
    final InclusiveMetricsEvaluator metrics;

    SpecFilter(PartitionSpec spec, Schema schema, Expression filter) {
      this.manifests = ManifestEvaluator.forRowFilter(filter, spec, true);
      this.partitions =
          new Evaluator(spec.partitionType(), Projections.inclusive(spec).project(filter), true);
      this.metrics = new InclusiveMetricsEvaluator(schema, filter, true);
    }

    boolean matches(DataFile file) {
      return partitions.eval(file.partition()) && metrics.eval(file);
    }
  }
}
