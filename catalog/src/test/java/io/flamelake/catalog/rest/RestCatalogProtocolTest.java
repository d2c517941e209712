/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestCatalogProtocolTest {
  @TempDir private Path directory;
  private LakeCatalog catalog;
  private RestCatalogProtocol protocol;

  @BeforeEach
  void openCatalog() {
    catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    catalog.tables();
    protocol =
        new RestCatalogProtocol(
            catalog.iceberg(),
            Map.of("s3.endpoint", "http://s3:9000", "s3.secret-access-key", "hush"),
            RestAccess.READ_WRITE);
  }

  @AfterEach
  void closeCatalog() {
    catalog.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/nothing, 404",
    "GET, /v1/namespaces/missing, 404",
    "GET, /v1/namespaces/flamelake/tables/missing, 404",
    "PUT, /v1/namespaces, 405",
    "PUT, /v1/config, 405",
    "POST, /v1/namespaces, 400",
    "POST, /v1/namespaces/flamelake/tables, 400",
    "POST, /v1/namespaces/flamelake/tables/profiles, 400",
    "GET, /v1/namespaces/%zz, 400",
    "POST, /v1/transactions/commit, 501"
  })
  void refusesWhatIsWrong(String method, String path, int status) {
    RestResponse response = answer(method, path, null, "{broken");
    assertThat(response.status()).isEqualTo(status);
    assertThat(text(response)).contains("\"code\":" + status);
  }

  @Test
  void tellsClientsWhereFilesAreAndNoSecret() {
    String config = text(answer("GET", "/v1/config", null, ""));
    assertThat(config)
        .contains("\"s3.endpoint\":\"http://s3:9000\"")
        .contains("POST /v1/{prefix}/namespaces/{namespace}/tables/{table}\"")
        .doesNotContain("hush")
        .doesNotContain("transactions");
  }

  @Test
  void listsPageByPage() {
    String path = "/v1/namespaces/flamelake/tables";
    String first = text(answer("GET", path, "pageToken=&pageSize=3", ""));
    assertThat(first)
        .contains("flame_1d", "flame_1h", "profiles", "\"next-page-token\":\"profiles\"")
        .doesNotContain("series", "stacks");
    String second = text(answer("GET", path, "pageToken=profiles&pageSize=3", ""));
    assertThat(second)
        .contains("series", "stacks", "\"next-page-token\":null")
        .doesNotContain("profiles");
    assertThat(answer("GET", path, "pageSize=0", "").status()).isEqualTo(400);
  }

  @Test
  void writesNothingOutsideOfTheWarehouse() {
    Path elsewhere = directory.resolve("elsewhere");
    String request =
        "{\"name\":\"t\",\"location\":\"file://"
            + elsewhere
            + "\",\"schema\":{\"type\":\"struct\",\"fields\":[]}}";
    RestResponse response = answer("POST", "/v1/namespaces/flamelake/tables", null, request);
    assertThat(response.status()).isEqualTo(403);
    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void refusesWritesWhereItIsReadOnly() {
    RestCatalogProtocol readOnly =
        new RestCatalogProtocol(catalog.iceberg(), Map.of(), RestAccess.READ_ONLY);
    String table = "/v1/namespaces/flamelake/tables/profiles";
    RestRequest drop = new RestRequest("DELETE", table, "purgeRequested=true", new byte[0]);
    assertThat(readOnly.handle(drop).status()).isEqualTo(403);
    RestRequest load = new RestRequest("GET", table, null, new byte[0]);
    assertThat(readOnly.handle(load).status()).isEqualTo(200);
    RestRequest config = new RestRequest("GET", "/v1/config", null, new byte[0]);
    assertThat(text(readOnly.handle(config))).doesNotContain("DELETE");
  }

  private RestResponse answer(String method, String path, @Nullable String query, String body) {
    return protocol.handle(new RestRequest(method, path, query, body.getBytes(UTF_8)));
  }

  private static String text(RestResponse response) {
    return new String(response.body(), UTF_8);
  }
}
