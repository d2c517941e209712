/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import com.linecorp.armeria.common.ContentDisposition;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.flamelake.model.ProfileType;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CollapsedStacks;
import io.flamelake.model.flamegraph.DotGraph;
import io.flamelake.proto.google.v1.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.zip.GZIPOutputStream;

/** Answers with merged stacks as a file, named after what it holds. */
final class ExportedFile {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final ProfileType type;
  private final RequestRange range;

  ExportedFile(ProfileType type, RequestRange range) {
    this.type = type;
    this.range = range;
  }

  HttpResponse pprof(Profile profile) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      profile.writeTo(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return file("attachment", MediaType.OCTET_STREAM, "pb.gz", bytes.toByteArray());
  }

  HttpResponse collapsed(CallTree tree) {
    byte[] text = CollapsedStacks.encode(tree).getBytes(StandardCharsets.UTF_8);
    return file("attachment", MediaType.PLAIN_TEXT_UTF_8, "collapsed.txt", text);
  }

  HttpResponse speedscope(CallTree tree) {
    byte[] json = Speedscope.encode(type, tree);
    return file("attachment", MediaType.JSON_UTF_8, "speedscope.json", json);
  }

  /** Not an attachment: tools and people read it in place. */
  HttpResponse dot(CallTree tree) {
    String dot = tree.isEmpty() ? "" : DotGraph.encode(tree, type.sampleUnit());
    byte[] text = dot.getBytes(StandardCharsets.UTF_8);
    return file("inline", MediaType.PLAIN_TEXT_UTF_8, "dot", text);
  }

  private HttpResponse file(String kind, MediaType contentType, String suffix, byte[] content) {
    String name =
        (type.name() + '-' + type.sampleType()).replaceAll("[^A-Za-z0-9_-]", "_")
            + '-'
            + TIME.format(Instant.ofEpochMilli(range.startMillis()))
            + '-'
            + TIME.format(Instant.ofEpochMilli(range.endMillis()))
            + '.'
            + suffix;
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(contentType)
            .contentDisposition(ContentDisposition.builder(kind).filename(name).build())
            .build(),
        HttpData.wrap(content));
  }
}
