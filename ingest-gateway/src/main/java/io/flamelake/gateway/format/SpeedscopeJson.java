/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.format.Utf8.Fault;
import io.flamelake.model.pprof.MalformedProfileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** A speedscope file as a stream of tokens; what is not as expected is refused with its place. */
final class SpeedscopeJson implements AutoCloseable {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_STRING_LENGTH = 1 << 20;
  private static final int MAX_NUMBER_LENGTH = 64;
  private static final int MAX_CHARACTER_BYTES = 4;

  /**
   * Names of fields are the sender's choice, so no table keeps them. Without one Jackson reads
   * characters, which is why places are counted in them.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING_LENGTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final JsonParser parser;

  SpeedscopeJson(byte[] file) {
    try {
      this.parser = JSON.createParser(file);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Refuses malformed UTF-8, which Jackson replaces where it reads characters. What begins as
   * UTF-16 or UTF-32 do, with a zero or a mark, it does not take for UTF-8.
   */
  static void checkUtf8(byte[] file) {
    for (int i = 0; i < Math.min(file.length, MAX_CHARACTER_BYTES); i++) {
      if (file[i] == 0 || i == 0 && (file[i] & 0xFE) == 0xFE) {
        return;
      }
    }

    Fault fault = Utf8.findFault(file, 0, file.length);
    if (fault != null) {
      throw Malformed.at(fault.offset(), "Not UTF-8: 0x" + fault.hex());
    }
  }

  /** Moves to the file's object, as to the value of a field. */
  void begin() {
    next();
  }

  /** Checks that nothing follows. */
  void end() {
    if (next() != null) {
      throw unexpected("the end");
    }
  }

  /** Calls back for each field of the object that is the value here, the parser at its value. */
  void forEachField(FieldReader reader) {
    expect(JsonToken.START_OBJECT, "an object");
    while (next() == JsonToken.FIELD_NAME) {
      String name = text();
      next();
      reader.read(name);
    }
  }

  /** Calls back for each element of the array that is the value here, the parser at the element. */
  void forEachElement(Runnable reader) {
    expect(JsonToken.START_ARRAY, "an array");
    while (next() != JsonToken.END_ARRAY) {
      reader.run();
    }
  }

  void skip() {
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  String string() {
    expect(JsonToken.VALUE_STRING, "a string");
    String text = text();
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          throw unexpected("a string of whole characters");
        }

        i++;
      }
    }

    return text;
  }

  /** A string, which some exporters write as null where they have none. */
  String optionalString() {
    return parser.currentToken() == JsonToken.VALUE_NULL ? "" : string();
  }

  /** A number from 0 on that is below the bound. */
  int index(int bound) {
    expect(JsonToken.VALUE_NUMBER_INT, "an index");
    try {
      long index = parser.getLongValue();
      if (index >= 0 && index < bound) {
        return (int) index;
      }
    } catch (IOException e) {
      throw malformed(e);
    }

    throw unexpected("an index below " + bound);
  }

  /** A line number, or 0 where there is none that could be one. */
  int lineNumber() {
    try {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        long line = parser.getLongValue();
        return line > 0 && line <= Integer.MAX_VALUE ? (int) line : 0;
      }

      parser.skipChildren();
      return 0;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** A number times the factor, rounded to the nearest whole. */
  long scaled(long factor) {
    try {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return Math.multiplyExact(parser.getLongValue(), factor);
      }

      expect(JsonToken.VALUE_NUMBER_FLOAT, "a number");
      BigDecimal number = parser.getDecimalValue();
      // Beyond that the digits before the point could be as many as the exponent says.
      if (Math.abs((long) number.scale()) > MAX_NUMBER_LENGTH) {
        throw unexpected("a number of 64 bits");
      }

      return number
          .multiply(BigDecimal.valueOf(factor))
          .setScale(0, RoundingMode.HALF_EVEN)
          .longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      // The latter for an exponent of too many digits.
      throw unexpected("a number of 64 bits");
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  MalformedProfileException unexpected(String expected) {
    return malformed("Found " + Malformed.quote(found()) + " (expected: " + expected + ")");
  }

  /** An error at the value here. */
  MalformedProfileException malformed(String message) {
    return malformed(parser.currentTokenLocation(), message);
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String found() {
    try {
      String text = parser.getText();
      return text == null ? "the end" : text;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private String text() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private void expect(JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw unexpected(what);
    }
  }

  private @Nullable JsonToken next() {
    try {
      return parser.nextToken();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private static MalformedProfileException malformed(IOException e) {
    if (e instanceof JsonProcessingException json) {
      return malformed(json.getLocation(), json.getOriginalMessage());
    }

    // Nothing is read but the array, so what fails is its text: Jackson reads UTF-16 and UTF-32
    // too.
    return Malformed.of(String.valueOf(e.getMessage()));
  }

  private static MalformedProfileException malformed(
      @Nullable JsonLocation location, String message) {
    return Malformed.of(
        location == null
            ? message
            : "Character " + Math.max(0, location.getCharOffset()) + ": " + message);
  }

  interface FieldReader {
    void read(String name);
  }
}
