/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.WebClientBuilder;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import io.flamelake.gateway.scrape.config.Credentials;
import io.flamelake.gateway.scrape.config.HttpOptions;
import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.ScrapeConfigException;
import io.flamelake.gateway.scrape.config.Secret;
import io.flamelake.gateway.scrape.config.TlsConfig;
import io.flamelake.gateway.scrape.target.ScrapeTarget;
import io.flamelake.gateway.scrape.target.TargetUrl;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Connections and headers of the requests of one job. */
public final class JobClient implements AutoCloseable {

  private static final String USER_AGENT = "flamelake-scrape";
  private static final Duration MAX_CONNECT_TIME = Duration.ofSeconds(5);

  /** Shorter than what servers keep idle connections for, Node's five seconds the shortest. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(4);

  private final JobConfig job;
  private final HttpOptions options;
  private final ClientFactory factory;

  /**
   * @throws ScrapeConfigException if the files for TLS cannot be used
   */
  public JobClient(JobConfig job) {
    this.job = requireNonNull(job, "job");
    this.options = job.http();
    this.factory = newFactory();
  }

  private ClientFactory newFactory() {
    ClientFactoryBuilder builder =
        ClientFactory.builder()
            .connectTimeout(min(job.timeout(), MAX_CONNECT_TIME))
            .idleTimeout(IDLE_TIMEOUT);
    URI proxy = options.proxyUrl();
    if (proxy != null) {
      int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
      builder.proxyConfig(ProxyConfig.connect(new InetSocketAddress(proxy.getHost(), port)));
    }

    try {
      applyTls(builder, options.tls());
      return builder.build();
    } catch (RuntimeException e) {
      throw new ScrapeConfigException(
          "Job " + job.name() + ": tls_config cannot be used: " + rootMessage(e), e);
    }
  }

  private static void applyTls(ClientFactoryBuilder builder, TlsConfig tls) {
    if (tls.insecureSkipVerify()) {
      builder.tlsNoVerify();
    }

    Path key = tls.keyFile();
    Path cert = tls.certFile();
    if (key != null && cert != null) {
      builder.tls(TlsKeyPair.of(key.toFile(), cert.toFile()));
    }

    Path ca = tls.caFile();
    if (ca != null) {
      File file = ca.toFile();
      builder.tlsCustomizer(context -> context.trustManager(file));
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }

    return String.valueOf(root.getMessage());
  }

  /** Whether a request needs files or a name service first, which may take their time. */
  boolean mayBlock() {
    Credentials credentials = options.credentials();
    return options.tls().serverName() != null
        || (credentials != null && credentials.isInFile())
        || options.headers().values().stream()
            .anyMatch(values -> values.stream().anyMatch(Secret::isInFile));
  }

  /** Makes a client that knows the way to a target. */
  WebClient newClient(ScrapeTarget target) {
    WebClientBuilder builder =
        WebClient.builder(protocol(target.url()), endpoint(target.url()))
            .factory(factory)
            .responseTimeout(target.timeout())
            .maxResponseLength(job.maxBodyBytes());
    if (options.followRedirects()) {
      builder.followRedirects();
    }

    return builder.build();
  }

  /** HTTP/1.1: upgrades to HTTP/2 are more than some programs with a debug port take. */
  private static SessionProtocol protocol(TargetUrl url) {
    return url.scheme().equals("https") ? SessionProtocol.H1 : SessionProtocol.H1C;
  }

  /** Another name to verify goes the way of a host with a known address. */
  private Endpoint endpoint(TargetUrl url) {
    Endpoint endpoint = Endpoint.of(url.host(), url.port());
    String serverName = options.tls().serverName();
    if (serverName == null || !url.scheme().equals("https")) {
      return endpoint;
    }

    String address = endpoint.ipAddr();
    return address == null
        ? Endpoint.of(serverName, url.port()).withIpAddr(resolved(url))
        : Endpoint.of(serverName, url.port()).withIpAddr(address);
  }

  private static String resolved(TargetUrl url) {
    InetSocketAddress resolved = new InetSocketAddress(url.host(), url.port());
    if (resolved.isUnresolved()) {
      throw new ScrapeException(url.host() + " has no address");
    }

    return resolved.getAddress().getHostAddress();
  }

  /**
   * The headers of a request. Reads the files that hold secrets.
   *
   * @throws ScrapeException if one cannot be read
   */
  RequestHeaders headers(TargetUrl url) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.GET, url.path())
            .set(HttpHeaderNames.USER_AGENT, USER_AGENT)
            .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip");
    try {
      for (Map.Entry<String, List<Secret>> header : options.headers().entrySet()) {
        for (Secret value : header.getValue()) {
          headers.add(header.getKey(), value.read());
        }
      }

      Credentials credentials = options.credentials();
      if (credentials != null) {
        headers.set(HttpHeaderNames.AUTHORIZATION, credentials.header());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ScrapeException("Credentials or headers cannot be read: " + e, e);
    }

    return headers.build();
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public void close() {
    // Not waited for: connections of answers under way end with their time-outs.
    factory.closeAsync();
  }
}
