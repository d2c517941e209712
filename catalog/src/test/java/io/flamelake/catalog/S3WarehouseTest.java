/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The tables on S3, against a real S3 server in this process. */
class S3WarehouseTest {
  private static final String ACCESS_KEY = "access";
  private static final String SECRET_KEY = "secretkey1234";

  @TempDir private Path directory;
  private S3Proxy server;

  @BeforeEach
  void startServer() throws Exception {
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
      client.createBucket(request -> request.bucket("lake"));
    }
  }

  @AfterEach
  void stopServer() throws Exception {
    server.stop();
  }

  @Test
  void keepsTablesInABucket() throws Exception {
    Map<String, String> properties = new TreeMap<>();
    properties.put("type", "jdbc");
    properties.put("uri", "jdbc:sqlite:" + directory.resolve("new/catalog.db"));
    properties.put("warehouse", "s3://lake/warehouse");
    properties.put("s3.endpoint", endpoint().toString());
    properties.put("s3.path-style-access", "true");
    properties.put("s3.access-key-id", ACCESS_KEY);
    properties.put("s3.secret-access-key", SECRET_KEY);
    properties.put("client.region", "us-east-1");
    List<Long> series = new ArrayList<>();
    try (LakeCatalog catalog = LakeCatalog.open(CatalogConfig.of(properties))) {
      Table profiles = catalog.tables().profiles();
      profiles.newAppend().appendFile(TestProfileFiles.write(profiles, "a", 5)).commit();
      RecentProfiles.forEach(
          profiles, Instant.EPOCH, (tenant, id, type, seriesId) -> series.add(seriesId));

      assertThat(profiles.io()).isInstanceOf(S3FileIO.class);
      assertThat(profiles.location()).isEqualTo("s3://lake/warehouse/flamelake/profiles");
    }

    assertThat(series).containsExactly(5L);
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }
}
