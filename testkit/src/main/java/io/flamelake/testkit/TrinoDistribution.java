/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An unpacked Trino: the server, Iceberg, TPC-H and memory, without the other forty connectors.
 *
 * <p>Made once for each user of the machine, below {@code ~/.cache/flamelake}, from the tarball
 * that Maven fetched; shared by all processes.
 */
final class TrinoDistribution {
  /** The version of the server that is run. */
  static final String VERSION = "476";

  /** The plugins that are kept. */
  static final List<String> PLUGINS = List.of("iceberg", "memory", "tpch");

  private static final Logger LOG = LoggerFactory.getLogger(TrinoDistribution.class);

  // Part of the directory's name: raise it when what is kept changes.
  private static final int TRIM = 1;

  // The largest parts of the Iceberg plugin that no catalog of ours needs. Hadoop is 93 MB.
  private static final Pattern LEFT_OUT =
      Pattern.compile("plugin/iceberg/(hdfs/|net\\.snowflake|org\\.rocksdb|io\\.trino\\.coral).*");
  private static final Pattern KEPT =
      Pattern.compile("(lib|plugin/(" + String.join("|", PLUGINS) + "))/.*");

  private final Path directory;

  private TrinoDistribution(Path directory) {
    this.directory = directory;
  }

  /** Returns the unpacked server, after unpacking it if nobody did before. */
  static synchronized TrinoDistribution ofCache(Path tarball) {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "flamelake");
    Path directory = cache.resolve("trino-" + VERSION + "-" + TRIM);
    try {
      Files.createDirectories(cache);
      try (FileChannel channel =
              FileChannel.open(
                  cache.resolve("trino.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock ignored = channel.lock()) {
        if (!Files.isDirectory(directory)) {
          unpack(tarball, directory);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + tarball + " to " + directory, e);
    }

    return new TrinoDistribution(directory);
  }

  /** The directory with {@code lib} and {@code plugin}; not to be written to. */
  Path directory() {
    return directory;
  }

  /** Where the class archive of a Java version is, or is to be. */
  Path classArchive(String javaVersion) {
    return directory.resolve("classes-" + javaVersion + ".jsa");
  }

  private static void unpack(Path tarball, Path directory) throws IOException {
    if (!Files.isRegularFile(tarball)) {
      throw new IOException(
          "No Trino at "
              + tarball
              + ": Maven fetches it before the integration tests of modules that run it");
    }

    LOG.info("Unpacking {} to {}", tarball, directory);
    Path unpacked = Files.createTempDirectory(directory.getParent(), "unpacking-");
    try {
      extract(tarball, unpacked);
      Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      if (Files.exists(unpacked)) {
        deleteRecursively(unpacked);
      }
    }
  }

  /**
   * Extracts what is kept. The tarball holds a jar of many plugins once, and hard links to it
   * elsewhere, so one that is kept may have its content under a plugin that is not.
   */
  private static void extract(Path tarball, Path to) throws IOException {
    Map<String, String> wantedLinks = wantedLinks(tarball);
    try (TarArchiveInputStream tar = open(tarball)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = withoutRoot(entry.getName());
        if (!entry.isFile() || entry.isLink()) {
          continue;
        }

        boolean kept = isKept(name);
        if (!kept && !wantedLinks.containsValue(name)) {
          continue;
        }

        Path file = resolve(to, kept ? name : "targets/" + name);
        Files.createDirectories(file.getParent());
        Files.copy(tar, file);
      }
    }

    for (Map.Entry<String, String> link : wantedLinks.entrySet()) {
      String target = link.getValue();
      Path file = resolve(to, link.getKey());
      Files.createDirectories(file.getParent());
      Files.createLink(file, resolve(to, isKept(target) ? target : "targets/" + target));
    }

    if (Files.exists(to.resolve("targets"))) {
      deleteRecursively(to.resolve("targets"));
    }
  }

  /** Returns the hard links that are kept, and what they link to. */
  private static Map<String, String> wantedLinks(Path tarball) throws IOException {
    Map<String, String> links = new HashMap<>();
    try (TarArchiveInputStream tar = open(tarball)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = withoutRoot(entry.getName());
        if (entry.isLink() && isKept(name)) {
          links.put(name, withoutRoot(entry.getLinkName()));
        }
      }
    }

    return links;
  }

  private static TarArchiveInputStream open(Path tarball) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(tarball), 1 << 20);
    return new TarArchiveInputStream(new GzipCompressorInputStream(in));
  }

  private static String withoutRoot(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static boolean isKept(String name) {
    return KEPT.matcher(name).matches() && !LEFT_OUT.matcher(name).matches();
  }

  private static Path resolve(Path directory, String name) {
    Path file = directory.resolve(name).normalize();
    if (!file.startsWith(directory)) {
      throw new IllegalArgumentException("Entry leads out of the archive: " + name);
    }

    return file;
  }

  static void deleteRecursively(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
