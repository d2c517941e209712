/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import com.linecorp.armeria.common.HttpHeaderNames;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the HTTP client options that stand among the keys of a job or of a discovery. */
final class HttpOptionsParser {

  private static final String BEARER = "Bearer";
  private static final URI NO_PROXY = URI.create("");

  private final Path directory;

  /**
   * @param directory what relative file names are relative to
   */
  HttpOptionsParser(Path directory) {
    this.directory = directory;
  }

  HttpOptions parse(YamlMapping mapping) {
    return new HttpOptions(
        findCredentials(mapping),
        tls(mapping.findMapping("tls_config")),
        findProxy(mapping),
        headers(mapping.findMapping("http_headers")),
        mapping.flag("follow_redirects", true));
  }

  @Nullable Path findPath(YamlMapping mapping, String key) {
    String file = mapping.findText(key);
    return file == null || file.isEmpty() ? null : directory.resolve(file).normalize();
  }

  private @Nullable Credentials findCredentials(YamlMapping mapping) {
    List<Credentials> all = new ArrayList<>();
    YamlMapping basic = mapping.findMapping("basic_auth");
    if (basic != null) {
      all.add(
          new Credentials.Basic(
              secret(basic, "username", "username_file"),
              secret(basic, "password", "password_file")));
      basic.checkNothingElse();
    }

    YamlMapping authorization = mapping.findMapping("authorization");
    if (authorization != null) {
      String type = authorization.text("type", BEARER);
      all.add(
          new Credentials.Token(type, secret(authorization, "credentials", "credentials_file")));
      authorization.checkNothingElse();
    }

    Secret bearer = findSecret(mapping, "bearer_token", "bearer_token_file");
    if (bearer != null) {
      all.add(new Credentials.Token(BEARER, bearer));
    }

    if (all.size() > 1) {
      throw mapping.error(
          "Only one of basic_auth, authorization and bearer_token can say who asks");
    }

    return all.isEmpty() ? null : all.get(0);
  }

  private Secret secret(YamlMapping mapping, String key, String fileKey) {
    Secret secret = findSecret(mapping, key, fileKey);
    if (secret == null) {
      throw mapping.error("'" + key + "' or '" + fileKey + "' is missing");
    }

    return secret;
  }

  private @Nullable Secret findSecret(YamlMapping mapping, String key, String fileKey) {
    String text = mapping.findText(key);
    Path file = findPath(mapping, fileKey);
    if (text != null && file != null) {
      throw mapping.error(fileKey, "'" + key + "' and '" + fileKey + "' exclude each other");
    }

    if (file != null) {
      return Secret.in(file);
    }

    return text == null ? null : Secret.of(text);
  }

  private TlsConfig tls(@Nullable YamlMapping mapping) {
    if (mapping == null) {
      return TlsConfig.DEFAULT;
    }

    TlsConfig tls =
        new TlsConfig(
            findPath(mapping, "ca_file"),
            findPath(mapping, "cert_file"),
            findPath(mapping, "key_file"),
            mapping.findText("server_name"),
            mapping.flag("insecure_skip_verify", false));
    mapping.checkNothingElse();
    if ((tls.certFile() == null) != (tls.keyFile() == null)) {
      throw mapping.error("cert_file and key_file need each other");
    }

    return tls;
  }

  private static @Nullable URI findProxy(YamlMapping mapping) {
    URI proxy = mapping.parse("proxy_url", NO_PROXY, HttpOptionsParser::proxy);
    return proxy.equals(NO_PROXY) ? null : proxy;
  }

  private static URI proxy(String text) {
    URI uri = URI.create(text);
    boolean isHostOnly =
        "http".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
    if (!uri.equals(NO_PROXY) && !isHostOnly) {
      throw new IllegalArgumentException("http://host:port");
    }

    return uri;
  }

  private SortedMap<String, List<Secret>> headers(@Nullable YamlMapping mapping) {
    SortedMap<String, List<Secret>> headers = new TreeMap<>();
    if (mapping == null) {
      return headers;
    }

    for (String name : mapping.keys()) {
      YamlMapping values = mapping.findMapping(name);
      if (values == null || name.startsWith(":")) {
        throw mapping.error(name, name + " is no header with values, secrets or files");
      }

      List<Secret> secrets = new ArrayList<>();
      values.texts("values").forEach(value -> secrets.add(Secret.of(value)));
      values.texts("secrets").forEach(value -> secrets.add(Secret.of(value)));
      values.texts("files").forEach(file -> secrets.add(Secret.in(directory.resolve(file))));
      values.checkNothingElse();
      headers.put(HttpHeaderNames.of(name).toString(), List.copyOf(secrets));
    }

    return headers;
  }
}
