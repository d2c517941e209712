/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plain HTTP client of the API, with nothing of Flamelake's own server code in it. */
final class FlamelakeClient {
  private final FlamelakeProcess server;
  private final @Nullable String tenant;
  private final HttpClient http = HttpClient.newHttpClient();

  FlamelakeClient(FlamelakeProcess server, @Nullable String tenant) {
    this.server = server;
    this.tenant = tenant;
  }

  HttpResponse<byte[]> post(String path, String contentType, byte[] body) {
    return send(
        request(path).header("Content-Type", contentType).POST(BodyPublishers.ofByteArray(body)));
  }

  /** Posts a body that claims to be encoded so. */
  HttpResponse<byte[]> post(String path, String contentType, String contentEncoding, byte[] body) {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .header("Content-Encoding", contentEncoding)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  /** Any request; a body is sent with the methods that have none too. */
  HttpResponse<byte[]> send(String method, String path, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return send(request);
  }

  HttpResponse<byte[]> get(String path) {
    return send(request(path).GET());
  }

  String getText(String path) {
    HttpResponse<byte[]> response = get(path);
    expectOk(path, response);
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** Calls a unary Connect method with binary messages. */
  @SuppressWarnings("unchecked") // The response has the type of the prototype's builder.
  <T extends Message> T call(String method, Message request, T responsePrototype) {
    HttpResponse<byte[]> response = post("/" + method, "application/proto", request.toByteArray());
    expectOk(method, response);
    try {
      return (T) responsePrototype.newBuilderForType().mergeFrom(response.body()).build();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(method + " answered with a broken message", e);
    }
  }

  /** Calls a unary Connect method with JSON. */
  @SuppressWarnings("unchecked") // The response has the type of the prototype's builder.
  <T extends Message> T callJson(String method, String json, T responsePrototype) {
    HttpResponse<byte[]> response =
        post("/" + method, "application/json", json.getBytes(StandardCharsets.UTF_8));
    expectOk(method, response);
    Message.Builder builder = responsePrototype.newBuilderForType();
    try {
      JsonFormat.parser().merge(new String(response.body(), StandardCharsets.UTF_8), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(method + " answered with broken JSON", e);
    }

    return (T) builder.build();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(server.uri(path)).timeout(Duration.ofMinutes(2));
    if (tenant != null) {
      builder.header("X-Scope-OrgID", tenant);
    }

    return builder;
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("Request failed: " + request.build().uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  private static void expectOk(String what, HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new AssertionError(
          what
              + " answered "
              + response.statusCode()
              + ": "
              + new String(response.body(), StandardCharsets.UTF_8));
    }
  }
}
