/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import io.flamelake.segment.store.LocalObjectStore.Durability;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Opens the object store that a URI names: {@code file:///directory}, {@code s3://bucket/prefix} or
 * {@code memory:}.
 *
 * <p>The properties of S3 are called as Iceberg's S3FileIO calls them, so that one set serves both.
 * Without keys and region the AWS SDK looks for them where it always does.
 */
public final class ObjectStores {
  public static final String S3_ENDPOINT = "s3.endpoint";
  public static final String S3_PATH_STYLE_ACCESS = "s3.path-style-access";
  public static final String S3_ACCESS_KEY_ID = "s3.access-key-id";
  public static final String S3_SECRET_ACCESS_KEY = "s3.secret-access-key";
  public static final String CLIENT_REGION = "client.region";

  /** {@code disk} (default) or {@code page-cache}: what a put on local files waits for. */
  public static final String LOCAL_DURABILITY = "local.durability";

  // No hierarchical URI, and java.net.URI takes no other that ends after its scheme.
  private static final String MEMORY = "memory:";
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  private ObjectStores() {}

  /** Opens a store; nothing is read or written yet. */
  public static ObjectStore open(String uri, Map<String, String> properties) {
    if (uri.equals(MEMORY)) {
      return new InMemoryObjectStore();
    }

    URI parsed = URI.create(uri);
    String scheme = parsed.getScheme() == null ? "" : parsed.getScheme();
    return switch (scheme) {
      case "file" -> new LocalObjectStore(localPath(uri, parsed), durability(properties));
      case "s3" -> openS3(uri, parsed, properties);
      default ->
          throw new IllegalArgumentException(
              "Object store: " + uri + " (expected: file:///…, s3://bucket/prefix or memory:)");
    };
  }

  private static Path localPath(String uri, URI parsed) {
    String path = parsed.getPath();
    if (path == null || path.isEmpty() || parsed.getAuthority() != null) {
      throw new IllegalArgumentException(
          "Object store: " + uri + " (expected: an absolute path as in file:///data/objects)");
    }

    return Path.of(path);
  }

  private static Durability durability(Map<String, String> properties) {
    String value = properties.getOrDefault(LOCAL_DURABILITY, "disk");
    return switch (value) {
      case "disk" -> Durability.DISK;
      case "page-cache" -> Durability.PAGE_CACHE;
      default ->
          throw new IllegalArgumentException(
              LOCAL_DURABILITY + ": " + value + " (expected: disk or page-cache)");
    };
  }

  private static ObjectStore openS3(String uri, URI parsed, Map<String, String> properties) {
    String bucket = parsed.getAuthority();
    if (bucket == null) {
      throw new IllegalArgumentException(
          "Object store: " + uri + " (expected: s3://bucket/prefix)");
    }

    String path = parsed.getPath() == null ? "" : parsed.getPath();
    S3Client client = newS3Client(properties);
    return new S3ObjectStore(client, bucket, path.replaceFirst("^/+", ""), client::close);
  }

  private static S3Client newS3Client(Map<String, String> properties) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            // Segments carry their own checksums, and older S3 servers refuse the trailers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                ClientOverrideConfiguration.builder()
                    .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                    .apiCallTimeout(CALL_TIMEOUT)
                    .build())
            .forcePathStyle(Boolean.parseBoolean(properties.get(S3_PATH_STYLE_ACCESS)));
    String endpoint = properties.get(S3_ENDPOINT);
    if (endpoint != null) {
      builder.endpointOverride(URI.create(endpoint));
    }

    String region = properties.get(CLIENT_REGION);
    if (region != null) {
      builder.region(Region.of(region));
    }

    AwsBasicCredentials credentials = findCredentials(properties);
    if (credentials != null) {
      builder.credentialsProvider(StaticCredentialsProvider.create(credentials));
    }

    return builder.build();
  }

  private static @Nullable AwsBasicCredentials findCredentials(Map<String, String> properties) {
    String id = properties.get(S3_ACCESS_KEY_ID);
    String secret = properties.get(S3_SECRET_ACCESS_KEY);
    return id == null || secret == null ? null : AwsBasicCredentials.create(id, secret);
  }
}
