/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.segment.store.ObjectStores;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;

/**
 * A real S3 server in this process, with one bucket, which is gone with it. Who uses it has {@code
 * s3proxy} among its own dependencies.
 */
public final class S3Server implements AutoCloseable {
  private static final String ACCESS_KEY = "access";
  private static final String SECRET_KEY = "secretkey1234";
  private static final String BUCKET = "flamelake";

  private final S3Proxy proxy;

  private S3Server(S3Proxy proxy) {
    this.proxy = proxy;
  }

  /** Starts a server on a free port. */
  public static S3Server start() throws Exception {
    return start(store -> store);
  }

  /**
   * Starts a server on a free port.
   *
   * @param behaviour puts a store before the one that keeps the objects
   */
  public static S3Server start(UnaryOperator<BlobStore> behaviour) throws Exception {
    BlobStore store = new TransientNio2BlobStore();
    store.createContainer(CreateBucketRequest.builder().bucket(BUCKET).build());
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(behaviour.apply(store))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .ignoreUnknownHeaders(true)
            .build();
    proxy.start();
    return new S3Server(proxy);
  }

  /** The address of a prefix in the bucket. */
  public String uri(String prefix) {
    return "s3://" + BUCKET + "/" + prefix;
  }

  /** What an object store or a catalog needs to know beside an address. */
  public Map<String, String> properties() {
    return Map.of(
        ObjectStores.S3_ENDPOINT,
        "http://127.0.0.1:" + proxy.getPort(),
        ObjectStores.S3_PATH_STYLE_ACCESS,
        "true",
        ObjectStores.S3_ACCESS_KEY_ID,
        ACCESS_KEY,
        ObjectStores.S3_SECRET_ACCESS_KEY,
        SECRET_KEY,
        ObjectStores.CLIENT_REGION,
        "us-east-1");
  }

  /** What makes a Flamelake server keep its segments here. */
  public String[] serverArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("-object-store.uri=" + uri("log"));
    properties()
        .forEach((key, value) -> arguments.add("-object-store.properties." + key + "=" + value));
    return arguments.toArray(String[]::new);
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
