/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.store;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.flamelake.model.TenantId;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind that belong to one tenant: {@code <kind>/<tenant>/<name>}.
 *
 * <p>Tenant ids hold characters that no object key may, so they are written as {@link EscapedName},
 * and those that get too long for a file name as their SHA-256.
 */
public final class TenantObjects {
  private static final int MAX_NAME_LENGTH = 200;
  private static final String HASHED = "=sha256=";

  private final ObjectStore store;
  private final String prefix;

  private TenantObjects(ObjectStore store, String kind, String owner) {
    this.store = requireNonNull(store, "store");
    this.prefix = kind + '/' + directory(owner) + '/';
  }

  /**
   * @param kind the first part of the keys
   */
  public static TenantObjects of(ObjectStore store, String kind, TenantId tenant) {
    return new TenantObjects(store, kind, tenant.value());
  }

  /** The objects that belong to just these tenants together. */
  public static TenantObjects of(ObjectStore store, String kind, Collection<TenantId> tenants) {
    // No tenant id holds a bar.
    return new TenantObjects(
        store, kind, tenants.stream().map(TenantId::value).sorted().collect(joining("|")));
  }

  /** The key of an object; the name is one that {@link ObjectKey} takes. */
  public ObjectKey key(String name) {
    return new ObjectKey(prefix + name);
  }

  /** The name of an object of this tenant. */
  public String name(ObjectInfo object) {
    return object.key().value().substring(prefix.length());
  }

  /** All objects whose names are greater than {@code startAfter}, in ascending order. */
  public List<ObjectInfo> list(@Nullable String startAfter) {
    return store.list(prefix, startAfter == null ? null : prefix + startAfter);
  }

  /** An object's content, or null if there is none. */
  public byte @Nullable [] find(String name) {
    try {
      return store.get(key(name));
    } catch (ObjectNotFoundException e) {
      return null;
    }
  }

  /** Puts an object where there is none. */
  public void putIfAbsent(String name, byte[] content) {
    store.putIfAbsent(key(name), content);
  }

  /** Puts an object, in place of any that is there. */
  public void put(String name, byte[] content) {
    store.put(key(name), content);
  }

  /** Deletes an object; it is no error if there is none. */
  public void delete(String name) {
    store.delete(key(name));
  }

  private static String directory(String owner) {
    String escaped = EscapedName.escape(owner);
    return escaped.length() <= MAX_NAME_LENGTH ? escaped : HASHED + sha256(owner);
  }

  private static String sha256(String owner) {
    try {
      byte[] value = owner.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
