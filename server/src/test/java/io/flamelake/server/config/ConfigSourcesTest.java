/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourcesTest {
  @TempDir private Path directory;

  @Test
  void flagsWinOverEnvironmentOverFileOverDefaults() throws IOException {
    Path file =
        yaml(
            """
            server:
              http-listen-port: 1
              http-listen-address: 127.0.0.1
            query.max-nodes: 10000
            target: [gateway, querier]
            """);

    FlamelakeConfig config =
        ConfigSources.load(
            file,
            Map.of("SERVER_HTTP_LISTEN_PORT", "2", "QUERY_MAX_NODES", "20000", "PATH", "/bin"),
            Map.of("server.http-listen-port", "3"));

    assertThat(config.http().listenPort()).isEqualTo(3);
    assertThat(config.query().maxNodes()).isEqualTo(20_000);
    assertThat(config.http().listenAddress()).isEqualTo("127.0.0.1");
    assertThat(config.server().targets()).containsExactly(Target.GATEWAY, Target.QUERIER);
    assertThat(config.query().defaultMaxNodes()).isEqualTo(8192);
  }

  @Test
  void mapsTakeAnyKeyBelowTheirs() throws IOException {
    Path file =
        yaml(
            """
            catalog:
              properties:
                type: rest
                header.X-Team: profiling
            """);

    assertThat(load(file).catalog().properties())
        .isEqualTo(Map.of("type", "rest", "header.X-Team", "profiling"));
  }

  @Test
  void refusesUnknownKeysAndNamesTheNearest() throws IOException {
    Path file = yaml("server:\n  http-listen-prot: 4041\n");

    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "Unknown configuration key 'server.http-listen-prot' in %s."
                + " Did you mean 'server.http-listen-port'?",
            file);
    assertThatThrownBy(() -> ConfigSources.load(null, Map.of(), Map.of("storge.path", "x")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "Unknown configuration key 'storge.path' in -storge.path."
                + " Did you mean 'storage.path'?");
  }

  @Test
  void saysWhichValueIsWrongAndWhereItStands() {
    assertThatThrownBy(
            () -> ConfigSources.load(null, Map.of("QUERY_REQUEST_TIMEOUT", "soon"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "query.request-timeout: 'soon' from the environment variable QUERY_REQUEST_TIMEOUT"
                + " (expected: a duration like 5s (units ms, s, m, h, d))");
    assertThatThrownBy(
            () -> ConfigSources.load(null, Map.of(), Map.of("server.http-listen-port", "70000")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("server.http-listen-port: 70000 (expected: 0 to 65535)");
    assertThatThrownBy(() -> ConfigSources.load(null, Map.of(), Map.of("target", "distributor")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "'distributor' from -target (expected: a comma list of all, gateway,");
  }

  @Test
  void refusesWhatIsNotAMapping() throws IOException {
    Path list = yaml("- a\n- b\n");
    assertThatThrownBy(() -> load(list))
        .isInstanceOf(ConfigException.class)
        .hasMessage("Not a mapping of keys to values: %s", list);

    Path broken = yaml("a: [\n");
    assertThatThrownBy(() -> load(broken))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("Not YAML: " + broken + " line ");

    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> load(missing))
        .isInstanceOf(ConfigException.class)
        .hasMessage("No such configuration file: %s", missing);
  }

  @Test
  void anEmptyFileChangesNothing() throws IOException {
    assertThat(load(yaml("# nothing yet\n")).http()).isEqualTo(Bindings.defaults(HttpConfig.class));
  }

  private static FlamelakeConfig load(Path file) {
    return ConfigSources.load(file, Map.of(), Map.of());
  }

  private Path yaml(String text) throws IOException {
    return Files.writeString(directory.resolve("flamelake.yaml"), text);
  }
}
