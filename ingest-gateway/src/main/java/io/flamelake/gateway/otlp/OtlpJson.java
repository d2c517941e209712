/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.convert.WireOutput;
import io.flamelake.gateway.otlp.JsonMessage.Field;
import io.flamelake.gateway.otlp.JsonMessage.Kind;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes an export in OTLP's JSON as the protobuf message it stands for, in one pass over the text.
 * JSON names the fields of samples, so the result is always of the layout {@link
 * SampleLayout#V1_10}.
 *
 * <p>As OTLP asks for: numbers of 64 bits may be strings, trace, span and profile ids are
 * hexadecimal, unknown fields are passed over. {@code null} is a field that is not there.
 */
public final class OtlpJson {

  private static final JsonMessage EXPORT = JsonMessage.export();

  /** Messages are nested less than half as deep, without the values of unknown fields. */
  private static final int MAX_DEPTH = 64;

  /** More than any name or path has; what is passed over may be longer. */
  private static final int MAX_STRING_LENGTH = 1 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING_LENGTH)
                  .build())
          .build();

  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_UNSIGNED_LONG =
      BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");
  private static final int MAX_SHORT_NUMBER_LENGTH = 18;
  private static final int MAX_NUMBER_LENGTH = 40;
  private static final int MAX_SHOWN_LENGTH = 40;

  private final JsonParser in;
  private final WireOutput out;

  private OtlpJson(JsonParser in, WireOutput out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Converts a body.
   *
   * @param reservation takes the memory of the result before it is used
   * @throws MalformedProfileException if it is no JSON, or a field is of another kind than it
   *     should
   */
  public static byte[] toProtobuf(byte[] json, Reservation reservation) {
    ConversionMemory memory = new ConversionMemory(reservation);
    WireOutput out = new WireOutput(memory);
    try (JsonParser in = JSON.createParser(json)) {
      OtlpJson converter = new OtlpJson(in, out);
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw converter.unexpected("an object");
      }

      converter.readFields(EXPORT);
      if (in.nextToken() != null) {
        throw converter.unexpected("the end");
      }
    } catch (JsonProcessingException e) {
      throw Malformed.of("Invalid JSON: " + e.getOriginalMessage() + at(e.getLocation()));
    } catch (IOException e) {
      // Nothing is read but the array, so what fails is its text.
      throw Malformed.of("Invalid JSON: " + e.getMessage());
    }

    memory.take(out.size());
    return out.toByteArray();
  }

  private void readFields(JsonMessage message) throws IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Field field = message.find(in.currentName());
      JsonToken token = in.nextToken();
      if (field == null) {
        in.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) {
        readField(field, token);
      }
    }
  }

  private void readField(Field field, JsonToken token) throws IOException {
    boolean isPacked = field.kind() == Kind.PACKED_VARINTS || field.kind() == Kind.PACKED_FIXED64;
    if (token != JsonToken.START_ARRAY) {
      if (isPacked) {
        throw unexpected("an array");
      }

      readValue(field);
      return;
    }

    int start = isPacked ? out.begin(field.number()) : 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      readValue(field);
    }

    if (isPacked) {
      out.end(start);
    }
  }

  private void readValue(Field field) throws IOException {
    switch (field.kind()) {
      case VARINT -> out.writeExplicitVarintField(field.number(), readNumber());
      case PACKED_VARINTS -> out.writeVarint(readNumber());
      case FIXED64 -> out.writeFixed64Field(field.number(), readNumber());
      case PACKED_FIXED64 -> out.writeFixed64(readNumber());
      case STRING -> readString(field.number());
      case HEX -> readHex(field.number());
      case MESSAGE -> {
        if (!in.hasToken(JsonToken.START_OBJECT)) {
          throw unexpected("an object");
        }

        int start = out.begin(field.number());
        readFields(requireNonNull(field.message(), "message"));
        out.end(start);
      }
    }
  }

  /** Reads a whole number from the least signed to the largest unsigned of 64 bits. */
  private long readNumber() throws IOException {
    boolean isNumber =
        in.hasToken(JsonToken.VALUE_NUMBER_INT)
            || in.hasToken(JsonToken.VALUE_STRING) && NUMBER.matcher(in.getText()).matches();
    if (!isNumber) {
      throw unexpected("a whole number");
    }

    String text = in.getText();
    if (text.length() <= MAX_SHORT_NUMBER_LENGTH) {
      return Long.parseLong(text);
    }

    BigInteger number = text.length() > MAX_NUMBER_LENGTH ? null : new BigInteger(text);
    if (number == null
        || number.compareTo(MIN_LONG) < 0
        || number.compareTo(MAX_UNSIGNED_LONG) > 0) {
      throw unexpected("a number of 64 bits");
    }

    return number.longValue();
  }

  private void readString(int field) throws IOException {
    if (!in.hasToken(JsonToken.VALUE_STRING)) {
      throw unexpected("a string");
    }

    // A strict encoder: the default one would replace halves of surrogate pairs silently.
    ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(in.getText()));
    out.writeBytesField(field, utf8.array(), utf8.position(), utf8.remaining());
  }

  private void readHex(int field) throws IOException {
    if (!in.hasToken(JsonToken.VALUE_STRING)) {
      throw unexpected("a string");
    }

    try {
      out.writeBytesField(field, HexFormat.of().parseHex(in.getText()));
    } catch (IllegalArgumentException e) {
      throw unexpected("hexadecimal digits");
    }
  }

  private MalformedProfileException unexpected(String expected) throws IOException {
    String text = in.hasCurrentToken() ? in.getText() : "the end";
    String found = text.length() > MAX_SHOWN_LENGTH ? text.substring(0, MAX_SHOWN_LENGTH) : text;
    return Malformed.of(
        "Invalid JSON: '"
            + found
            + "' (expected: "
            + expected
            + ")"
            + at(in.currentTokenLocation()));
  }

  private static String at(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
