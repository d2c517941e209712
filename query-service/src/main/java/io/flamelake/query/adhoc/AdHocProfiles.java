/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.query.store.EscapedName;
import io.flamelake.query.store.TenantObjects;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The uploaded files of all tenants, kept as they were sent. Ids are {@code <ULID>-<name>}.
 *
 * <p>Safe for use by many threads and processes. Blocks the calling thread.
 */
public final class AdHocProfiles {
  private static final String KIND = "ad-hoc-profiles";

  /** Longer names do not fit into a file's. */
  private static final int MAX_ESCAPED_NAME = 200;

  private final ObjectStore store;
  private final AdHocConfig config;
  private final Clock clock;

  public AdHocProfiles(ObjectStore store, AdHocConfig config, Clock clock) {
    this.store = requireNonNull(store, "store");
    this.config = requireNonNull(config, "config");
    this.clock = requireNonNull(clock, "clock");
  }

  /** An uploaded file. */
  public record Uploaded(ProfileId id, UploadedProfile profile) {}

  /**
   * Keeps a file.
   *
   * @throws UnreadableProfileException if it is no profile
   * @throws IllegalArgumentException if the name is empty or too long
   * @throws TooManyProfilesException if the tenant has as many as it may have
   */
  public Uploaded upload(TenantId tenant, String name, byte[] file) {
    if (name.isEmpty() || EscapedName.escape(name).length() > MAX_ESCAPED_NAME) {
      throw new IllegalArgumentException(
          "name has "
              + name.length()
              + " characters (expected: 1 to "
              + MAX_ESCAPED_NAME
              + ", where all but a-z, 0-9, - and _ count three times for each byte)");
    }

    UploadedProfile profile = UploadedProfileParser.parse(file, config.maxProfileBytes());
    TenantObjects objects = objects(tenant);
    if (objects.list(null).size() >= config.maxProfilesPerTenant()) {
      throw new TooManyProfilesException(config.maxProfilesPerTenant());
    }

    ProfileId id = new ProfileId(Ulid.of(clock.millis()), name);
    objects.putIfAbsent(objectName(id), file);
    return new Uploaded(id, profile);
  }

  /** A file of a tenant, or null if there is none of that id. */
  public @Nullable Uploaded find(TenantId tenant, ProfileId id) {
    if (EscapedName.escape(id.name()).length() > MAX_ESCAPED_NAME) {
      return null;
    }

    byte[] file = objects(tenant).find(objectName(id));
    return file == null
        ? null
        : new Uploaded(id, UploadedProfileParser.parse(file, config.maxProfileBytes()));
  }

  /** The ids of all files of a tenant, newest first. */
  public List<ProfileId> list(TenantId tenant) {
    TenantObjects objects = objects(tenant);
    List<ProfileId> ids = new ArrayList<>();
    for (ObjectInfo object : objects.list(null)) {
      String name = objects.name(object);
      ids.add(
          0,
          new ProfileId(
              name.substring(0, Ulid.LENGTH),
              EscapedName.unescape(name.substring(Ulid.LENGTH + 1))));
    }

    return ids;
  }

  private TenantObjects objects(TenantId tenant) {
    return TenantObjects.of(store, KIND, tenant);
  }

  private static String objectName(ProfileId id) {
    return id.ulid() + '-' + EscapedName.escape(id.name());
  }
}
