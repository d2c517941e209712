/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.net.URI;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;

/** An S3 server in this process whose puts take as long as those of {@link SlowBlobStore}. */
final class SlowS3 implements AutoCloseable {
  private static final String ACCESS_KEY = "access";
  private static final String SECRET_KEY = "secretkey1234";
  private static final String BUCKET = "flamelake";

  private final S3Proxy proxy;

  private SlowS3(S3Proxy proxy) {
    this.proxy = proxy;
  }

  static SlowS3 start() throws Exception {
    TransientNio2BlobStore store = new TransientNio2BlobStore();
    store.createContainer(CreateBucketRequest.builder().bucket(BUCKET).build());
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(new SlowBlobStore(store))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .ignoreUnknownHeaders(true)
            .build();
    proxy.start();
    return new SlowS3(proxy);
  }

  /** What makes a server keep its segments here. */
  String[] serverArguments() {
    Map<String, String> properties =
        Map.of(
            "s3.endpoint",
            "http://127.0.0.1:" + proxy.getPort(),
            "s3.path-style-access",
            "true",
            "s3.access-key-id",
            ACCESS_KEY,
            "s3.secret-access-key",
            SECRET_KEY,
            "client.region",
            "us-east-1");
    String[] arguments = new String[properties.size() + 1];
    arguments[0] = "-object-store.uri=s3://" + BUCKET + "/log";
    int next = 1;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      arguments[next++] =
          "-object-store.properties." + property.getKey() + "=" + property.getValue();
    }

    return arguments;
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
