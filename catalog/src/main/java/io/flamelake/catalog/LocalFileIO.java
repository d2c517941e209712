/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Iceberg's files as local files, without Hadoop.
 *
 * <p>Takes {@code file:///directory/file}, {@code file:/directory/file} and absolute paths. A
 * location is not decoded: Iceberg builds locations by joining strings, and a partition value that
 * it escaped stays escaped in the file's name. A file is forced to the disk when it is closed,
 * unless property {@code local.durability} is {@code page-cache}. With property {@code local.root}
 * no file outside of that directory is touched, whatever a table's metadata names.
 *
 * <p>Has a constructor without arguments, as Iceberg loads it by name.
 */
public final class LocalFileIO implements DelegateFileIO {
  /** {@code disk} (default) or {@code page-cache}: what closing a new file waits for. */
  public static final String DURABILITY = "local.durability";

  /** A directory, as a location; all files must be below it. None by default. */
  public static final String ROOT = "local.root";

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LocalFileIO.class);
  private static final String AUTHORITY_PREFIX = "file://";
  private static final String SCHEME_PREFIX = "file:";

  private TreeMap<String, String> properties = new TreeMap<>();

  public LocalFileIO() {}

  @Override
  public void initialize(Map<String, String> newProperties) {
    this.properties = new TreeMap<>(newProperties);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocalInputFile(location, permittedPath(location), LocalInputFile.UNKNOWN_LENGTH);
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return new LocalInputFile(location, permittedPath(location), length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    boolean forced = !"page-cache".equals(properties.get(DURABILITY));
    return new LocalOutputFile(location, permittedPath(location), forced);
  }

  @Override
  public void deleteFile(String location) {
    Path file = permittedPath(location);
    try {
      Files.deleteIfExists(file);
      deleteEmptyPartitions(file);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot delete %s", location);
    }
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    int failures = 0;
    for (String location : locations) {
      try {
        deleteFile(location);
      } catch (RuntimeIOException | ForbiddenException e) {
        LOG.warn("Cannot delete {}", location, e);
        failures++;
      }
    }

    if (failures > 0) {
      throw new BulkDeletionFailureException(failures);
    }
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    String trimmed = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    Path root = permittedPath(trimmed);
    List<FileInfo> found = new ArrayList<>();
    try {
      Files.walkFileTree(root, new FileCollector(trimmed, root, found));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new RuntimeIOException(e, "Cannot list %s", prefix);
    }

    return found;
  }

  @Override
  public void deletePrefix(String prefix) {
    for (FileInfo file : listPrefix(prefix)) {
      deleteFile(file.location());
    }
  }

  /** A partition's directory, {@code column=value}, goes with its last file. */
  private static void deleteEmptyPartitions(Path file) throws IOException {
    try {
      Path directory = file.getParent();
      while (directory != null && isPartition(directory)) {
        Files.deleteIfExists(directory);
        directory = directory.getParent();
      }
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }

  private static boolean isPartition(Path directory) {
    Path name = directory.getFileName();
    return name != null && name.toString().indexOf('=') > 0;
  }

  private Path permittedPath(String location) {
    Path path = path(location);
    String root = properties.get(ROOT);
    // A name with `..` in it would begin with the root and lead elsewhere.
    if (root != null && !path.normalize().startsWith(path(root).normalize())) {
      throw new ForbiddenException("Location: %s (expected: below %s)", location, root);
    }

    return path;
  }

  /** Returns the path of a location. */
  static Path path(String location) {
    String path = location;
    if (location.startsWith(AUTHORITY_PREFIX)) {
      path = location.substring(AUTHORITY_PREFIX.length());
    } else if (location.startsWith(SCHEME_PREFIX)) {
      path = location.substring(SCHEME_PREFIX.length());
    }

    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "Location: " + location + " (expected: file:///… or an absolute path)");
    }

    return Path.of(path);
  }

  private static final class FileCollector extends SimpleFileVisitor<Path> {
    private final String prefix;
    private final Path root;
    private final List<FileInfo> found;

    FileCollector(String prefix, Path root, List<FileInfo> found) {
      this.prefix = prefix;
      this.root = root;
      this.found = found;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String location = prefix + "/" + root.relativize(file);
      found.add(
          new FileInfo(location, attributes.size(), attributes.lastModifiedTime().toMillis()));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
      // Deleted since its directory was read; a prefix that is not there is the caller's case.
      if (cause instanceof NoSuchFileException && !file.equals(root)) {
        return FileVisitResult.CONTINUE;
      }

      throw cause;
    }
  }
}
