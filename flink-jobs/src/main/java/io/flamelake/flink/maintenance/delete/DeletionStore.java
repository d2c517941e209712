/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.ObjectExistsException;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The deletion requests, in the object store.
 *
 * <p>An open request is {@code deletions/open/<id>/<number>}: every change puts a whole new version
 * under the next number, which only one writer can, and deletes the versions before. One that is
 * done is {@code deletions/done/<id>}, which says no more what was deleted, and nothing is left of
 * its versions. So looking for open requests costs little however many there were.
 */
public final class DeletionStore {
  private static final String OPEN = "deletions/open/";
  private static final String DONE = "deletions/done/";

  private final ObjectStore store;

  public DeletionStore(ObjectStore store) {
    this.store = requireNonNull(store, "store");
  }

  /** An open request as it was read. */
  record Open(long number, DeletionRequest request) {}

  /** Stores a new request. */
  void create(DeletionRequest request) {
    store.putIfAbsent(key(request.id(), 1), DeletionRequestJson.write(request));
  }

  /** Returns the ids of the open requests, the oldest first. */
  List<String> openIds() {
    return store.listDirectories(OPEN).stream().filter(Ulid::isUlid).toList();
  }

  /** Returns an open request, or null if there is none, or none any more. */
  @Nullable Open findOpen(String id) {
    List<ObjectInfo> versions = store.list(OPEN + id + '/', null);
    for (int i = versions.size() - 1; i >= 0; i--) {
      ObjectKey key = versions.get(i).key();
      try {
        return new Open(number(key), DeletionRequestJson.read(store.get(key)));
      } catch (ObjectNotFoundException e) {
        // Replaced meanwhile: whoever did it goes on with it.
        return null;
      }
    }

    return null;
  }

  /**
   * Stores how far a request has come.
   *
   * @return the request as it is now, or null if somebody else changed it meanwhile
   */
  @Nullable Open update(Open from, DeletionProgress progress) {
    DeletionRequest changed = from.request.with(progress);
    long number = from.number + 1;
    try {
      store.putIfAbsent(key(changed.id(), number), DeletionRequestJson.write(changed));
    } catch (ObjectExistsException e) {
      return null;
    }

    deleteVersions(changed.id(), number);
    return new Open(number, changed);
  }

  /** Stores that a request is done, without what it was about. */
  void finish(DeletionRequest request) {
    store.put(
        new ObjectKey(DONE + request.id()), DeletionRequestJson.write(request.withoutMatchers()));
    deleteVersions(request.id(), Long.MAX_VALUE);
  }

  /** Whether a request was stored as done. */
  boolean isDone(String id) {
    return store.exists(new ObjectKey(DONE + id));
  }

  /** Removes what is left of a request that is done. */
  void removeOpen(String id) {
    deleteVersions(id, Long.MAX_VALUE);
  }

  /** Returns a tenant's requests, the oldest first. */
  public List<DeletionRequest> list(TenantId tenant) {
    List<DeletionRequest> requests = new ArrayList<>();
    for (ObjectInfo done : store.list(DONE, null)) {
      addOf(tenant, DeletionRequestJson.read(store.get(done.key())), requests);
    }

    for (String id : openIds()) {
      Open open = findOpen(id);
      if (open != null && requests.stream().noneMatch(request -> request.id().equals(id))) {
        addOf(tenant, open.request, requests);
      }
    }

    requests.sort((a, b) -> a.id().compareTo(b.id()));
    return requests;
  }

  /** Returns a tenant's request, or null if the tenant has none of the id. */
  public @Nullable DeletionRequest find(TenantId tenant, String id) {
    if (!Ulid.isUlid(id)) {
      return null;
    }

    Open open = findOpen(id);
    DeletionRequest found = open == null ? findDone(id) : open.request;
    return found == null || !found.tenant().equals(tenant) ? null : found;
  }

  private @Nullable DeletionRequest findDone(String id) {
    try {
      return DeletionRequestJson.read(store.get(new ObjectKey(DONE + id)));
    } catch (ObjectNotFoundException e) {
      return null;
    }
  }

  private static void addOf(TenantId tenant, DeletionRequest request, List<DeletionRequest> to) {
    if (request.tenant().equals(tenant)) {
      to.add(request);
    }
  }

  private void deleteVersions(String id, long before) {
    for (ObjectInfo version : store.list(OPEN + id + '/', null)) {
      if (number(version.key()) < before) {
        store.delete(version.key());
      }
    }
  }

  private static ObjectKey key(String id, long number) {
    return new ObjectKey(OPEN + id + '/' + String.format(Locale.ROOT, "%019d", number));
  }

  private static long number(ObjectKey key) {
    return Long.parseLong(key.value().substring(key.value().lastIndexOf('/') + 1));
  }
}
