/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The client's record of what it pushed: each profile is written down before it is sent, and its
 * acknowledgement after. The file is only appended to and each line is handed to the operating
 * system at once, so it outlives a kill of the server and of the client. Thread-safe.
 *
 * <p>Lines are divided by tabs: {@code P id tenant service type total [type total]…} and {@code A
 * id}.
 */
public final class Ledger implements AutoCloseable {

  private static final String PUSHED = "P";
  private static final String ACKNOWLEDGED = "A";

  /** Opens a ledger to add to it, making the file if there is none. */
  public static Ledger open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      // A line that a kill cut short was not sent yet.
      channel.truncate(completeLength(Files.readAllBytes(file)));
      channel.position(channel.size());
      return new Ledger(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open ledger " + file, e);
    }
  }

  /** Reads what a ledger holds, also while another process adds to it. */
  public static LedgerContents read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return parse(new String(bytes, 0, completeLength(bytes), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read ledger " + file, e);
    }
  }

  private final FileChannel channel;

  private Ledger(FileChannel channel) {
    this.channel = channel;
  }

  /** Writes down a profile; to be called before it is sent. */
  public void record(LedgerEntry entry) {
    StringBuilder line = new StringBuilder(PUSHED);
    line.append('\t').append(entry.id()).append('\t').append(entry.tenant());
    appendText(line, entry.service());
    new TreeMap<>(entry.totals())
        .forEach(
            (type, total) -> {
              appendText(line, type.id());
              line.append('\t').append(total);
            });
    append(line);
  }

  /** Writes down that the server acknowledged a profile. */
  public void acknowledge(UUID id) {
    append(new StringBuilder(ACKNOWLEDGED).append('\t').append(id));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the ledger", e);
    }
  }

  private synchronized void append(StringBuilder line) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line.append('\n').toString());
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the ledger", e);
    }
  }

  private static void appendText(StringBuilder line, String text) {
    if (text.indexOf('\t') >= 0 || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("text: '" + text + "' (expected: no tab or line end)");
    }

    line.append('\t').append(text);
  }

  private static int completeLength(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] != '\n') {
      length--;
    }

    return length;
  }

  private static LedgerContents parse(String text) {
    Map<UUID, LedgerEntry> entries = new LinkedHashMap<>();
    Map<UUID, Boolean> acknowledged = new HashMap<>();
    for (String line : text.lines().toList()) {
      List<String> columns = List.of(line.split("\t", -1));
      UUID id = UUID.fromString(columns.get(1));
      if (columns.get(0).equals(ACKNOWLEDGED)) {
        acknowledged.put(id, true);
        continue;
      }

      Map<ProfileType, Long> totals = new HashMap<>();
      for (int i = 4; i < columns.size(); i += 2) {
        totals.put(ProfileType.parse(columns.get(i)), Long.parseLong(columns.get(i + 1)));
      }

      entries.put(id, new LedgerEntry(id, new TenantId(columns.get(2)), columns.get(3), totals));
    }

    return new LedgerContents(entries, acknowledged.keySet());
  }
}
