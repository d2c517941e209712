/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.query.store.TenantObjects;
import io.flamelake.query.store.VersionedDocument;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of all tenants. What {@link #set} and {@link #delete} have done is durable and seen
 * by every querier on the same object store from then on.
 *
 * <p>Safe for use by many threads and processes. Blocks the calling thread.
 */
public final class SettingsStore {
  public static final int MAX_NAME_BYTES = 256;
  public static final int MAX_VALUE_BYTES = 64 * 1024;
  public static final int MAX_SETTINGS = 256;

  /** A document of this size is read and put whole in a moment. */
  public static final int MAX_TOTAL_BYTES = 1 << 20;

  private static final String KIND = "settings";

  /** How far ahead of this server's clock a client's may be. */
  private static final Duration MAX_CLOCK_SKEW = Duration.ofDays(1);

  private final ObjectStore store;
  private final Clock clock;

  public SettingsStore(ObjectStore store, Clock clock) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
  }

  /** All settings of a tenant in order of their names. */
  public List<Setting> list(TenantId tenant) {
    return List.copyOf(settings(document(tenant).find()).values());
  }

  /**
   * Adds a setting or replaces the one of its name.
   *
   * @param setting with the time the client made the change, or 0 for now
   * @return the setting as stored
   * @throws StaleSettingException if the stored one was changed later than this one
   * @throws IllegalArgumentException if the name, the value or the time is none
   * @throws SettingsFullException if there are too many of them
   */
  public Setting set(TenantId tenant, Setting setting) {
    long now = clock.millis();
    checkName(setting.name());
    checkLength("Setting " + setting.name(), setting.value(), MAX_VALUE_BYTES);
    if (setting.modifiedAtMillis() < 0
        || setting.modifiedAtMillis() > now + MAX_CLOCK_SKEW.toMillis()) {
      throw new IllegalArgumentException(
          "modifiedAt: "
              + setting.modifiedAtMillis()
              + " (expected: milliseconds since the epoch, not in the future)");
    }

    Setting stored = setting.modifiedAtMillis() == 0 ? setting.modifiedAt(now) : setting;
    document(tenant)
        .update(
            content -> {
              TreeMap<String, Setting> settings = settings(content);
              Setting present = settings.get(stored.name());
              if (present != null && present.modifiedAtMillis() > stored.modifiedAtMillis()) {
                throw new StaleSettingException(stored.name());
              }

              settings.put(stored.name(), stored);
              return checkedEncoding(settings);
            });
    return stored;
  }

  /**
   * Removes a setting; it is no error if there is none.
   *
   * @throws IllegalArgumentException if the name is none
   */
  public void delete(TenantId tenant, String name) {
    checkName(name);
    VersionedDocument document = document(tenant);
    if (settings(document.find()).containsKey(name)) {
      document.update(
          content -> {
            TreeMap<String, Setting> settings = settings(content);
            settings.remove(name);
            return SettingsCodec.encode(settings.values());
          });
    }
  }

  private VersionedDocument document(TenantId tenant) {
    return new VersionedDocument(TenantObjects.of(store, KIND, tenant));
  }

  private static TreeMap<String, Setting> settings(byte @Nullable [] content) {
    TreeMap<String, Setting> settings = new TreeMap<>();
    if (content != null) {
      for (Setting setting : decode(content)) {
        settings.put(setting.name(), setting);
      }
    }

    return settings;
  }

  private static List<Setting> decode(byte[] content) {
    try {
      return SettingsCodec.decode(content);
    } catch (IllegalArgumentException e) {
      throw ObjectStoreException.failed("Stored settings cannot be read", e);
    }
  }

  private static byte[] checkedEncoding(TreeMap<String, Setting> settings) {
    byte[] content = SettingsCodec.encode(settings.values());
    if (settings.size() > MAX_SETTINGS || content.length > MAX_TOTAL_BYTES) {
      throw new SettingsFullException(
          "Too many settings (max "
              + MAX_SETTINGS
              + " settings and "
              + MAX_TOTAL_BYTES
              + " bytes of a tenant)");
    }

    return content;
  }

  private static void checkName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("setting name is required");
    }

    checkLength("Name of a setting", name, MAX_NAME_BYTES);
  }

  private static void checkLength(String what, String value, int maxBytes) {
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > maxBytes) {
      throw new IllegalArgumentException(
          what + " has " + length + " bytes (expected: <= " + maxBytes + ")");
    }
  }
}
