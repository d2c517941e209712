/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.StorageCredential;
import org.apache.iceberg.io.SupportsStorageCredentials;

/**
 * Iceberg's files in S3 or on the local disk, by the scheme of each location: for the catalogs
 * whose server says where tables are. Iceberg's own {@code ResolvingFileIO} goes through Hadoop for
 * local files.
 *
 * <p>Has a constructor without arguments, as Iceberg loads it by name.
 */
public final class LakeFileIO implements DelegateFileIO, SupportsStorageCredentials {
  private static final long serialVersionUID = 1L;

  private final LocalFileIO local = new LocalFileIO();
  // Makes its client at the first use.
  private final S3FileIO s3 = new S3FileIO();
  private TreeMap<String, String> properties = new TreeMap<>();

  public LakeFileIO() {}

  @Override
  public void initialize(Map<String, String> newProperties) {
    this.properties = new TreeMap<>(newProperties);
    local.initialize(newProperties);
    s3.initialize(newProperties);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public void setCredentials(List<StorageCredential> credentials) {
    s3.setCredentials(credentials);
  }

  @Override
  public List<StorageCredential> credentials() {
    return s3.credentials();
  }

  @Override
  public InputFile newInputFile(String location) {
    return of(location).newInputFile(location);
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return of(location).newInputFile(location, length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return of(location).newOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    of(location).deleteFile(location);
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    List<String> inS3 = new ArrayList<>();
    List<String> onDisk = new ArrayList<>();
    locations.forEach(location -> (isInS3(location) ? inS3 : onDisk).add(location));
    if (!inS3.isEmpty()) {
      s3.deleteFiles(inS3);
    }

    local.deleteFiles(onDisk);
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    return of(prefix).listPrefix(prefix);
  }

  @Override
  public void deletePrefix(String prefix) {
    of(prefix).deletePrefix(prefix);
  }

  @Override
  public void close() {
    s3.close();
  }

  private DelegateFileIO of(String location) {
    return isInS3(location) ? s3 : local;
  }

  private static boolean isInS3(String location) {
    return location.startsWith("s3:") || location.startsWith("s3a:") || location.startsWith("s3n:");
  }
}
