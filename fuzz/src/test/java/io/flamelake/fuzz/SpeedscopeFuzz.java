/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;
import static io.flamelake.fuzz.Bounds.present;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.gateway.format.SpeedscopeConverter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Speedscope files. */
public final class SpeedscopeFuzz {

  private static final SpeedscopeConverter CONVERTER = new SpeedscopeConverter();

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private SpeedscopeFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<ConvertedProfile> converted =
        Conversions.convert(CONVERTER, Conversions.COUNTING_APP, input);
    byte[] rewritten = converted == null ? null : rewrite(input);
    if (converted == null || rewritten == null) {
      return;
    }

    List<ConvertedProfile> again =
        present(
            Conversions.convert(CONVERTER, Conversions.COUNTING_APP, rewritten),
            "Refused when written by someone else");
    check(again.size() == converted.size(), "%d profiles", again.size());
    for (int i = 0; i < converted.size(); i++) {
      check(
          Pprofs.sums(Pprofs.decode(converted.get(i).pprof()), 0)
              .equals(Pprofs.sums(Pprofs.decode(again.get(i).pprof()), 0)),
          "Other sums when written by someone else, in profile %d",
          i);
    }
  }

  static List<byte[]> seeds() {
    return FormatExamples.speedscopes();
  }

  /**
   * The same document in other bytes; null where Jackson's tree cannot hold it, or where the text
   * is not UTF-8, of which Jackson's readers make different things.
   */
  private static byte @Nullable [] rewrite(byte[] json) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
      JsonNode tree = JSON.readTree(json);
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
    } catch (IOException | NumberFormatException e) {
      // The latter comes of numbers whose exponent has many digits, in fields of no interest.
      return null;
    }
  }
}
