/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.file.HttpFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Serves the web page's files from the class path: {@code ui/} at the root, and uPlot, which comes
 * as a WebJar, under {@code /static/uplot/}.
 *
 * <p>Entity tags are made of the content. Builds are reproducible, so that times of files say
 * nothing about whether they changed.
 */
final class UiFiles {
  private static final String PAGE = "index.html";
  private static final String UI_ROOT = "ui/";
  private static final String UPLOT_PATH = "/static/uplot/";
  private static final String UPLOT_PROPERTIES =
      "META-INF/maven/org.webjars.npm/uplot/pom.properties";

  // The page has no inline scripts and talks to its own server only.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

  private static final String REVALIDATE = "no-cache";
  private static final String KEEP_A_DAY = "public, max-age=86400";

  private final ClassLoader classLoader = UiFiles.class.getClassLoader();
  private final Map<String, HttpFile> files = new ConcurrentHashMap<>();

  UiFiles() {}

  /** Adds the files to a server. Paths that no file has stay free for others. */
  void addTo(ServerBuilder sb) {
    String uplotRoot = uplotRoot();
    bind(sb, "exact:/", (ctx, request) -> serve(UI_ROOT + PAGE, REVALIDATE).serve(ctx, request));
    bind(
        sb,
        "regex:^/(?<file>[A-Za-z0-9_-]+\\.(?:html|js|css|svg|png|ico))$",
        (ctx, request) -> serve(UI_ROOT + ctx.pathParam("file"), REVALIDATE).serve(ctx, request));
    bind(
        sb,
        "regex:^" + UPLOT_PATH + "(?<file>[A-Za-z.]+\\.(?:js|css))$",
        (ctx, request) -> serve(uplotRoot + ctx.pathParam("file"), KEEP_A_DAY).serve(ctx, request));
  }

  private static void bind(ServerBuilder sb, String path, HttpService service) {
    sb.route()
        .path(path)
        .methods(HttpMethod.GET, HttpMethod.HEAD)
        .decorator(EncodingService.newDecorator())
        .build(service);
  }

  private HttpService serve(String resource, String cacheControl) {
    HttpFile file = files.get(resource);
    if (file == null) {
      file = load(resource, cacheControl);
      if (file == null) {
        return (ctx, request) -> HttpResponse.of(HttpStatus.NOT_FOUND);
      }

      files.put(resource, file);
    }

    return file.asService();
  }

  private @Nullable HttpFile load(String resource, String cacheControl) {
    byte[] content = read(resource);
    if (content == null) {
      return null;
    }

    String entityTag = sha256(content);
    return HttpFile.builder(classLoader, resource)
        .entityTag((name, attributes) -> entityTag)
        .setHeader(HttpHeaderNames.CACHE_CONTROL, cacheControl)
        .setHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .setHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .setHeader(HttpHeaderNames.REFERRER_POLICY, "same-origin")
        .build();
  }

  private String uplotRoot() {
    byte[] content = read(UPLOT_PROPERTIES);
    if (content == null) {
      throw new IllegalStateException("uPlot is not on the class path: no " + UPLOT_PROPERTIES);
    }

    Properties properties = new Properties();
    try (InputStream in = new ByteArrayInputStream(content)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return "META-INF/resources/webjars/uplot/" + properties.getProperty("version") + "/dist/";
  }

  private byte @Nullable [] read(String resource) {
    try (InputStream in = classLoader.getResourceAsStream(resource)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
