/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.discovery;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.flamelake.gateway.scrape.config.Credentials;
import io.flamelake.gateway.scrape.config.KubernetesDiscoveryConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.config.TlsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Opens clients of Kubernetes API servers. */
public final class KubernetesClients {

  private KubernetesClients() {}

  /** A client of the cluster this process runs in, or of the one its user's kubeconfig names. */
  public static KubernetesClient own() {
    return new KubernetesClientBuilder().build();
  }

  /**
   * The namespace of this process, or of its user.
   *
   * @throws ScrapeConfigException if it has none
   */
  public static String namespace(KubernetesClient client) {
    String namespace = client.getNamespace();
    if (namespace == null || namespace.isEmpty()) {
      throw new ScrapeConfigException("This process is in no Kubernetes namespace");
    }

    return namespace;
  }

  /**
   * A client as a discovery wants it.
   *
   * @throws ScrapeConfigException if a file cannot be read
   */
  static KubernetesClient open(KubernetesDiscoveryConfig discovery) {
    Path kubeconfig = discovery.kubeconfig();
    if (kubeconfig != null) {
      return new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
          .build();
    }

    String server = discovery.apiServer();
    if (server == null) {
      return own();
    }

    // Nothing of the surroundings: what this process is elsewhere must not be told to that server.
    ConfigBuilder config = new ConfigBuilder(Config.empty()).withMasterUrl(server);
    applyTls(config, discovery.http().tls());
    Credentials credentials = discovery.http().credentials();
    if (credentials instanceof Credentials.Basic basic) {
      try {
        config.withUsername(basic.username().read()).withPassword(basic.password().read());
      } catch (IOException e) {
        throw new ScrapeConfigException("kubernetes_sd_configs: cannot read " + e.getMessage(), e);
      }
    } else if (credentials instanceof Credentials.Token token) {
      config.withOauthTokenProvider(() -> read(token));
    }

    return new KubernetesClientBuilder().withConfig(config.build()).build();
  }

  private static void applyTls(ConfigBuilder config, TlsConfig tls) {
    config.withTrustCerts(tls.insecureSkipVerify());
    config.withDisableHostnameVerification(tls.insecureSkipVerify());
    if (tls.caFile() != null) {
      config.withCaCertFile(tls.caFile().toString());
    }

    if (tls.certFile() != null && tls.keyFile() != null) {
      config.withClientCertFile(tls.certFile().toString());
      config.withClientKeyFile(tls.keyFile().toString());
    }
  }

  /** Asked for each request, so a renewed file is used at once. */
  private static String read(Credentials.Token token) {
    try {
      return token.token().read();
    } catch (IOException e) {
      throw new UncheckedIOException("The token for Kubernetes cannot be read", e);
    }
  }
}
