/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionVersionTest {
  @TempDir private Path directory;
  private LakeCatalog catalog;
  private Table profiles;

  @BeforeEach
  void openCatalog() {
    catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    profiles = catalog.tables().profiles();
  }

  @AfterEach
  void closeCatalog() {
    catalog.close();
  }

  @Test
  void isEmptyWithoutFiles() throws Exception {
    assertThat(version()).isEqualTo(PartitionVersion.EMPTY);
  }

  @Test
  void changesWithEveryAppend() throws Exception {
    append(1);
    PartitionVersion first = version();
    append(2);

    assertThat(first).isEqualTo(new PartitionVersion(1, 1));
    assertThat(version()).isEqualTo(new PartitionVersion(2, 2));
  }

  @Test
  void changesWhenAFileGoes() throws Exception {
    DataFile first = append(1);
    append(2);
    PartitionVersion before = version();

    profiles.newDelete().deleteFile(first).commit();

    assertThat(version()).isNotEqualTo(before).isEqualTo(new PartitionVersion(2, 1));
  }

  @Test
  void neverComesBackAfterADeletionAndAnAppend() throws Exception {
    append(1);
    DataFile second = append(2);
    PartitionVersion before = version();

    profiles.newDelete().deleteFile(second).commit();
    append(3);

    assertThat(version().rows()).isEqualTo(before.rows());
    assertThat(version()).isNotEqualTo(before);
  }

  @Test
  void staysWhenARewriteKeepsTheSequence() throws Exception {
    DataFile first = append(1);
    DataFile second = append(2);
    PartitionVersion before = version();
    DataFile merged = TestProfileFiles.name(profiles, 3, 2);
    profiles.newAppend().appendFile(TestProfileFiles.name(profiles, 9)).commit();
    PartitionVersion withOther = version();

    rewrite(first, second, merged).dataSequenceNumber(before.sequence()).commit();

    assertThat(version()).isEqualTo(withOther);
  }

  @Test
  void changesWhenAnotherEngineRewrites() throws Exception {
    DataFile first = append(1);
    DataFile second = append(2);
    PartitionVersion before = version();

    rewrite(first, second, TestProfileFiles.name(profiles, 3, 2)).commit();

    assertThat(version().rows()).isEqualTo(before.rows());
    assertThat(version().sequence()).isGreaterThan(before.sequence());
  }

  @Test
  void changesWithRowLevelDeletes() throws Exception {
    DataFile file = append(1);
    PartitionVersion before = version();

    profiles
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(profiles.spec())
                .ofPositionDeletes()
                .withPath(profiles.location() + "/data/deletes.parquet")
                .withPartition(file.partition())
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build())
        .commit();

    assertThat(version()).isEqualTo(new PartitionVersion(before.sequence() + 1, before.rows()));
  }

  @Test
  void addsPartitions() {
    assertThat(new PartitionVersion(5, 10).plus(new PartitionVersion(3, 7)))
        .isEqualTo(new PartitionVersion(5, 17))
        .isEqualTo(new PartitionVersion(3, 7).plus(new PartitionVersion(5, 10)));
    assertThat(PartitionVersion.EMPTY.plus(new PartitionVersion(3, 7)))
        .isEqualTo(new PartitionVersion(3, 7));
  }

  @Test
  void refusesFilesThatAreNotCommitted() {
    DataFile file = TestProfileFiles.name(profiles, 1);

    assertThatThrownBy(() -> PartitionVersion.EMPTY.plus(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "File " + file.location() + " has no sequence number (expected: a committed file)");
  }

  private DataFile append(long number) {
    DataFile file = TestProfileFiles.name(profiles, number);
    profiles.newAppend().appendFile(file).commit();
    return file;
  }

  private RewriteFiles rewrite(DataFile first, DataFile second, DataFile merged) {
    return profiles.newRewrite().deleteFile(first).deleteFile(second).addFile(merged);
  }

  private PartitionVersion version() throws IOException {
    PartitionVersion version = PartitionVersion.EMPTY;
    try (CloseableIterable<FileScanTask> tasks = profiles.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        version = version.plus(task.file());
        for (ContentFile<?> deletes : task.deletes()) {
          version = version.plus(deletes);
        }
      }
    }

    return version;
  }
}
