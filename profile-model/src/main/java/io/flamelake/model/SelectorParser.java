/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the label selectors of PromQL:
 *
 * <pre>
 * selector := [metric] [ '{' [ matcher { ',' matcher } [','] ] '}' ]     at least one of the two
 * matcher  := (identifier | string) ('=' | '!=' | '=~' | '!~') string
 *           | string                                                     a quoted metric name
 * string   := "…" | '…' with Go's escapes, or `…` without any
 * </pre>
 *
 * Blanks and {@code #} comments may stand between the words.
 */
final class SelectorParser {

  private final String text;
  private int position;

  SelectorParser(String text) {
    this(text, 0);
  }

  SelectorParser(String text, int position) {
    this.text = text;
    this.position = position;
  }

  Selector parse() {
    List<Matcher> matchers = new ArrayList<>();
    skipBlanks();
    int start = position;
    if (isMetricStart(peek())) {
      while (isMetricStart(peek()) || isDigit(peek())) {
        position++;
      }

      matchers.add(nameMatcher(text.substring(start, position)));
      skipBlanks();
    }

    if (peek() == '{') {
      parseBraces(matchers);
      skipBlanks();
    } else if (position == start || !atEnd()) {
      throw error("expected '{'");
    }

    if (!atEnd()) {
      throw error("expected the end");
    }

    return new Selector(matchers);
  }

  private void parseBraces(List<Matcher> matchers) {
    position++;
    skipBlanks();
    while (peek() != '}') {
      matchers.add(parseMatcher());
      skipBlanks();
      if (peek() == ',') {
        position++;
        skipBlanks();
      } else if (peek() != '}') {
        throw error("expected ',' or '}'");
      }
    }

    position++;
  }

  private Matcher parseMatcher() {
    int start = position;
    boolean isQuoted = isQuote(peek());
    String name = isQuoted ? parseString() : parseIdentifier();
    skipBlanks();
    if (isQuoted && (peek() == ',' || peek() == '}')) {
      return nameMatcher(name);
    }

    if (name.isEmpty()) {
      position = start;
      throw error("label name is empty");
    }

    Matcher.Operator operator = parseOperator();
    skipBlanks();
    if (!isQuote(peek())) {
      throw error("expected a quoted value");
    }

    return new Matcher(name, operator, parseString());
  }

  private String parseIdentifier() {
    int start = position;
    if (!isIdentifierStart(peek())) {
      throw error("expected a label name or '}'");
    }

    while (isIdentifierStart(peek()) || isDigit(peek())) {
      position++;
    }

    return text.substring(start, position);
  }

  private Matcher.Operator parseOperator() {
    // Longest first: "=" is also the beginning of "=~".
    for (Matcher.Operator operator :
        List.of(
            Matcher.Operator.REGEX,
            Matcher.Operator.NOT_REGEX,
            Matcher.Operator.NOT_EQUAL,
            Matcher.Operator.EQUAL)) {
      if (text.startsWith(operator.symbol(), position)) {
        position += operator.symbol().length();
        return operator;
      }
    }

    throw error("expected one of = != =~ !~");
  }

  private String parseString() {
    int start = position;
    char quote = text.charAt(position++);
    // Escapes name bytes, so the string is put together as bytes.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int plainStart = position;
    while (peek() != quote) {
      if (atEnd() || (peek() == '\n' && quote != '`')) {
        position = start;
        throw error("the quoted string does not end");
      }

      if (peek() == '\\' && quote != '`') {
        bytes.writeBytes(text.substring(plainStart, position).getBytes(StandardCharsets.UTF_8));
        parseEscape(quote, bytes);
        plainStart = position;
      } else {
        position++;
      }
    }

    bytes.writeBytes(text.substring(plainStart, position).getBytes(StandardCharsets.UTF_8));
    position++;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      position = start;
      throw error("the quoted string is not UTF-8");
    }
  }

  private void parseEscape(char quote, ByteArrayOutputStream bytes) {
    int start = position;
    position++;
    char c = peek();
    position++;
    switch (c) {
      case 'a' -> bytes.write(0x07);
      case 'b' -> bytes.write('\b');
      case 'f' -> bytes.write('\f');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case 't' -> bytes.write('\t');
      case 'v' -> bytes.write(0x0B);
      case '\\' -> bytes.write('\\');
      case 'x' -> bytes.write(parseNumber(start, 2, 16, 0xFF));
      case 'u' -> writeCodePoint(start, parseNumber(start, 4, 16, 0xFFFF), bytes);
      case 'U' -> writeCodePoint(start, parseNumber(start, 8, 16, Character.MAX_CODE_POINT), bytes);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        position--;
        bytes.write(parseNumber(start, 3, 8, 0xFF));
      }
      default -> {
        if (c != quote) {
          position = start;
          throw error("unknown escape");
        }

        bytes.write(quote);
      }
    }
  }

  private int parseNumber(int escapeStart, int digits, int radix, int max) {
    long number = 0;
    for (int i = 0; i < digits; i++) {
      int digit = peek() < 128 ? Character.digit(peek(), radix) : -1;
      if (digit < 0) {
        position = escapeStart;
        throw error("expected " + digits + " digits in the escape");
      }

      number = number * radix + digit;
      position++;
    }

    if (number > max) {
      position = escapeStart;
      throw error("the escape is out of range");
    }

    return (int) number;
  }

  private void writeCodePoint(int escapeStart, int codePoint, ByteArrayOutputStream bytes) {
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      position = escapeStart;
      throw error("the escape is half a surrogate pair");
    }

    bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }

  private void skipBlanks() {
    while (!atEnd()) {
      char c = peek();
      if (c == '#') {
        int lineEnd = text.indexOf('\n', position);
        position = lineEnd < 0 ? text.length() : lineEnd + 1;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        position++;
      } else {
        return;
      }
    }
  }

  private boolean atEnd() {
    return position >= text.length();
  }

  /** The next character, or NUL at the end, which is none of the grammar's characters. */
  private char peek() {
    return atEnd() ? '\0' : text.charAt(position);
  }

  private InvalidSelectorException error(String problem) {
    String found = atEnd() ? "the end" : "'" + Character.toString(text.codePointAt(position)) + "'";
    return new InvalidSelectorException(
        "Invalid selector at position "
            + position
            + ": "
            + problem
            + ", found "
            + found
            + " in: "
            + Excerpt.around(text, position));
  }

  private static Matcher nameMatcher(String value) {
    return new Matcher(LabelNames.NAME, Matcher.Operator.EQUAL, value);
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentifierStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isMetricStart(char c) {
    return isIdentifierStart(c) || c == ':';
  }

  /** Appends a label name, quoted if it is not an identifier. */
  static void appendName(StringBuilder to, String name) {
    boolean isIdentifier = !name.isEmpty() && isIdentifierStart(name.charAt(0));
    for (int i = 1; i < name.length() && isIdentifier; i++) {
      isIdentifier = isIdentifierStart(name.charAt(i)) || isDigit(name.charAt(i));
    }

    if (isIdentifier) {
      to.append(name);
    } else {
      appendQuoted(to, name);
    }
  }

  static void appendQuoted(StringBuilder to, String value) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> to.append("\\\"");
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7F) {
            to.append(String.format("\\x%02x", (int) c));
          } else {
            to.append(c);
          }
        }
      }
    }

    to.append('"');
  }
}
