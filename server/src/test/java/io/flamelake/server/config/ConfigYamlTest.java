/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigYamlTest {
  @TempDir private Path directory;

  private static FlamelakeConfig load(Map<String, String> flags) {
    return ConfigSources.load(null, Map.of(), flags);
  }

  private FlamelakeConfig reload(String yaml) throws IOException {
    return ConfigSources.load(
        Files.writeString(directory.resolve("config.yaml"), yaml), Map.of(), Map.of());
  }

  @Test
  void readsAsTheSameConfiguration() throws IOException {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("target", "querier,gateway");
    flags.put("server.request-timeout", "1h30m15s250ms");
    flags.put("gateway.segment.max-bytes", "3MiB");
    flags.put("query.scan-threads", "3");
    flags.put("auth.multitenancy-enabled", "true");
    flags.put("catalog.properties.uri", "http://catalog:8181/iceberg");
    flags.put("storage.path", "/srv/flame lake: #1");
    FlamelakeConfig config = load(flags);

    assertThat(reload(ConfigYaml.all(config))).isEqualTo(config);
    assertThat(reload(ConfigYaml.differences(config))).isEqualTo(config);
    assertThat(reload(ConfigYaml.defaults())).isEqualTo(load(Map.of()));
    assertThat(ConfigYaml.differences(config).lines()).hasSameSizeAs(flags.keySet());
    assertThat(ConfigYaml.differences(load(Map.of())).strip()).isEqualTo("{}");
  }

  @Test
  void masksSecrets() {
    Map<String, String> flags =
        Map.of(
            "object-store.properties.s3.secret-access-key", "hush-1",
            "object-store.properties.s3.access-key-id", "hush-2",
            "catalog.properties.jdbc.password", "hush-3",
            "catalog.properties.uri", "jdbc:postgresql://u:hush-4@db/lake?user=u&password=hush-5",
            "catalog.properties.credential", "hush-6");

    for (String yaml :
        new String[] {ConfigYaml.all(load(flags)), ConfigYaml.differences(load(flags))}) {
      assertThat(yaml).doesNotContain("hush").contains("db/lake?user=u&password=********");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "query.max-nodes, 5, 5",
    "x.token, abc, ********",
    "x.s3.access-key-id, abc, ********",
    "x.uri, https://user:pw@host/path, https://********@host/path",
    "x.uri, https://host/p?a=1&apikey=k&b=2, https://host/p?a=1&apikey=********&b=2",
    "x.password, '', ''"
  })
  void masksByKeyUserAndParameter(String key, String text, String shown) {
    assertThat(SecretMask.mask(key, text)).isEqualTo(shown);
  }
}
