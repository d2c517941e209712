/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in a bucket of S3, or of a store that speaks its protocol and honours {@code
 * If-None-Match: *}.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final Runnable onClose;

  /**
   * Creates a store that leaves the client open when it is closed.
   *
   * @param prefix empty, or what all keys start with in the bucket; a slash is added to it
   */
  public S3ObjectStore(S3Client client, String bucket, String prefix) {
    this(client, bucket, prefix, () -> {});
  }

  S3ObjectStore(S3Client client, String bucket, String prefix, Runnable onClose) {
    this.client = requireNonNull(client, "client");
    this.bucket = requireNonNull(bucket, "bucket");
    this.prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    this.onClose = requireNonNull(onClose, "onClose");
  }

  @Override
  public void putIfAbsent(ObjectKey key, byte[] content) {
    put(key, content, putRequest(key).ifNoneMatch("*").build());
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    put(key, content, putRequest(key).build());
  }

  @Override
  public byte[] get(ObjectKey key) {
    return get(key, getRequest(key).build());
  }

  @Override
  public byte[] getRange(ObjectKey key, long offset, int length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "Range: " + length + " at " + offset + " (expected: >= 0)");
    }

    if (length == 0) {
      return new byte[0];
    }

    String range = "bytes=" + offset + "-" + (offset + length - 1);
    byte[] content = get(key, getRequest(key).range(range).build());
    if (content.length != length) {
      throw Ranges.beyondEnd(key, offset, length, offset + content.length);
    }

    return content;
  }

  @Override
  public byte[] getSuffix(ObjectKey key, int length) {
    try {
      return load(key, getRequest(key).range("bytes=-" + length).build());
    } catch (S3Exception e) {
      if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
        // What S3 says of any range of an empty object.
        return new byte[0];
      }

      throw readFailure(key, e);
    } catch (SdkException e) {
      throw readFailure(key, e);
    }
  }

  @Override
  public List<ObjectInfo> list(String keyPrefix, @Nullable String startAfter) {
    ListObjectsV2Request.Builder request =
        ListObjectsV2Request.builder().bucket(bucket).prefix(prefix + keyPrefix);
    if (startAfter != null) {
      request.startAfter(prefix + startAfter);
    }

    List<ObjectInfo> found = new ArrayList<>();
    try {
      for (S3Object object : client.listObjectsV2Paginator(request.build()).contents()) {
        ObjectKey key = findKey(object.key());
        if (key != null) {
          found.add(new ObjectInfo(key, object.size(), object.lastModified()));
        }
      }
    } catch (SdkException e) {
      throw ObjectStoreException.failed("Cannot list " + describe(keyPrefix), e);
    }

    found.sort((a, b) -> a.key().compareTo(b.key()));
    return found;
  }

  @Override
  public List<String> listDirectories(String keyPrefix) {
    ListObjectsV2Request request =
        ListObjectsV2Request.builder()
            .bucket(bucket)
            .prefix(prefix + keyPrefix)
            .delimiter("/")
            .build();
    TreeSet<String> names = new TreeSet<>();
    try {
      for (CommonPrefix found : client.listObjectsV2Paginator(request).commonPrefixes()) {
        String full = found.prefix();
        names.add(full.substring(prefix.length() + keyPrefix.length(), full.length() - 1));
      }
    } catch (SdkException e) {
      throw ObjectStoreException.failed("Cannot list " + describe(keyPrefix), e);
    }

    return List.copyOf(names);
  }

  @Override
  public void delete(ObjectKey key) {
    try {
      client.deleteObject(request -> request.bucket(bucket).key(prefix + key));
    } catch (SdkException e) {
      throw ObjectStoreException.unknownOutcome("Cannot delete " + describe(key.value()), e);
    }
  }

  @Override
  public void close() {
    onClose.run();
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + prefix;
  }

  private PutObjectRequest.Builder putRequest(ObjectKey key) {
    return PutObjectRequest.builder().bucket(bucket).key(prefix + key);
  }

  private GetObjectRequest.Builder getRequest(ObjectKey key) {
    return GetObjectRequest.builder().bucket(bucket).key(prefix + key);
  }

  private void put(ObjectKey key, byte[] content, PutObjectRequest request) {
    try {
      // RequestBody.fromBytes would copy the array.
      RequestBody body =
          RequestBody.fromContentProvider(
              () -> new ByteArrayInputStream(content), content.length, "application/octet-stream");
      client.putObject(request, body);
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED) {
        throw new ObjectExistsException(key, e);
      }

      // 409 is a conditional put that met another one in flight: it was not stored.
      boolean refused = e.statusCode() < SERVER_ERROR || e.statusCode() == CONFLICT;
      throw new ObjectStoreException("Cannot put " + describe(key.value()), e, !refused);
    } catch (SdkException e) {
      throw ObjectStoreException.unknownOutcome("Cannot put " + describe(key.value()), e);
    }
  }

  private byte[] get(ObjectKey key, GetObjectRequest request) {
    try {
      return load(key, request);
    } catch (SdkException e) {
      throw readFailure(key, e);
    }
  }

  private byte[] load(ObjectKey key, GetObjectRequest request) {
    try {
      return client.getObjectAsBytes(request).asByteArrayUnsafe();
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        throw new ObjectNotFoundException(key, e);
      }

      throw e;
    }
  }

  private ObjectStoreException readFailure(ObjectKey key, SdkException cause) {
    return ObjectStoreException.failed("Cannot get " + describe(key.value()), cause);
  }

  private @Nullable ObjectKey findKey(String fullKey) {
    try {
      return new ObjectKey(fullKey.substring(prefix.length()));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private String describe(String key) {
    return this + key;
  }
}
