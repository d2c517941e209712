/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Against a real S3 server in this process. */
class S3ObjectStoreTest extends BaseObjectStoreTest {
  private static final String ACCESS_KEY = "access";
  private static final String SECRET_KEY = "secretkey1234";
  private static final String BUCKET = "segments-test";
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private static S3Proxy server;

  @BeforeAll
  static void startServer() throws Exception {
    server =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .ignoreUnknownHeaders(true)
            .build();
    server.start();
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
            .build()) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.stop();
  }

  @Override
  ObjectStore newStore() {
    return open("s3://" + BUCKET + "/prefix-" + PREFIXES.incrementAndGet());
  }

  @Test
  void keepsPrefixesApart() {
    try (ObjectStore one = newStore();
        ObjectStore other = newStore();
        ObjectStore whole = open("s3://" + BUCKET)) {
      one.put(key("object"), bytes("one"));
      other.put(key("object"), bytes("other"));

      assertThat(one.get(key("object"))).isEqualTo(bytes("one"));
      assertThat(whole.listDirectories("")).contains("prefix-" + PREFIXES.get());
    }
  }

  @Test
  void saysWhatIsWrongWithTheBucket() {
    try (ObjectStore store = open("s3://no-such-bucket/prefix")) {
      assertThatThrownBy(() -> ConditionalPutProbe.check(store))
          .isInstanceOf(ObjectStoreException.class)
          .hasMessageStartingWith("Cannot write to the object store, check its address")
          .hasMessageContaining("s3://no-such-bucket/prefix/probe/");
    }
  }

  @Test
  void doesNotKnowTheOutcomeWhenNobodyAnswers() {
    Map<String, String> properties = properties();
    properties.put(ObjectStores.S3_ENDPOINT, "http://127.0.0.1:1");
    try (ObjectStore store = ObjectStores.open("s3://" + BUCKET, properties)) {
      assertThatThrownBy(() -> store.putIfAbsent(key("object"), bytes("x")))
          .isInstanceOfSatisfying(
              ObjectStoreException.class,
              e -> assertThat(e.isOutcomeUnknown()).as("outcome unknown").isTrue());
    }
  }

  private static ObjectStore open(String uri) {
    return ObjectStores.open(uri, properties());
  }

  private static Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put(ObjectStores.S3_ENDPOINT, endpoint().toString());
    properties.put(ObjectStores.S3_PATH_STYLE_ACCESS, "true");
    properties.put(ObjectStores.S3_ACCESS_KEY_ID, ACCESS_KEY);
    properties.put(ObjectStores.S3_SECRET_ACCESS_KEY, SECRET_KEY);
    properties.put(ObjectStores.CLIENT_REGION, "us-east-1");
    return properties;
  }

  private static URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }
}
