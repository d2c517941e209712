/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.Excerpt;
import io.flamelake.model.InvalidSelectorException;
import io.flamelake.model.LabelNames;
import io.flamelake.model.Matcher;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TypedSelector;
import io.flamelake.proto.types.v1.Location;
import io.flamelake.proto.types.v1.StackTraceSelector;
import io.flamelake.query.FrameFilter;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SampleSelector.TraceId;
import io.flamelake.query.StackSelector;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Turns the strings of requests into model types, or into {@code invalid_argument}. */
final class RequestParser {
  private static final double MILLIS_PER_SECOND = 1_000;
  private static final double MAX_STEP_MILLIS = 1e15;
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern SPAN_ID_FORM = Pattern.compile("[0-9a-fA-F]{16}");
  private static final Pattern TRACE_ID_FORM = Pattern.compile("[0-9a-fA-F]{32}");

  /** Each is tried on every function name. */
  private static final int MAX_FRAME_REGEXES = 64;

  private RequestParser() {}

  static ProfileType profileType(String id) {
    if (id.isEmpty()) {
      throw RpcException.invalidArgument("profile_typeID is required");
    }

    try {
      return ProfileType.parse(id);
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  /** The selector of a query for samples; {@code {}} selects all, an empty string is an error. */
  static Selector labelSelector(String selector) {
    if (selector.isBlank()) {
      throw RpcException.invalidArgument("label_selector is required, {} selects everything");
    }

    try {
      return Selector.parse(selector);
    } catch (InvalidSelectorException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The step of a query over time, in whole milliseconds.
   *
   * @throws RpcException {@code invalid_argument} below 1 ms, and for what is no number
   */
  static long stepMillis(double stepSeconds) {
    double stepMillis = stepSeconds * MILLIS_PER_SECOND;
    // Written so that NaN is refused.
    if (!(stepMillis >= 1 && stepMillis <= MAX_STEP_MILLIS)) {
      throw RpcException.invalidArgument("step: " + stepSeconds + " (expected: seconds, >= 0.001)");
    }

    return (long) stepMillis;
  }

  /** A limit on the number of series; 0 for none. */
  static int limit(long limit) {
    return (int) Math.max(0, Math.min(limit, Integer.MAX_VALUE));
  }

  /** The selectors of a label query, all of which must hold; an empty one says nothing. */
  static Selector matchers(List<String> matchers) {
    try {
      return Selector.parseAll(matchers.stream().filter(m -> !m.isBlank()).toList());
    } catch (InvalidSelectorException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  /** A query of {@code /pyroscope/render}: profile type, then selector. */
  static TypedSelector renderQuery(String parameter, String query) {
    if (query.isBlank()) {
      throw RpcException.invalidArgument(parameter + " is required");
    }

    try {
      return Selector.parseRenderQuery(query);
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, parameter + ": " + e.getMessage(), e);
    }
  }

  /** The series that a query reads, given as a selector, with the profile type before it or not. */
  static Selector analyzedQuery(String query) {
    if (query.isBlank() || query.strip().startsWith("{")) {
      return matchers(List.of(query));
    }

    TypedSelector typed = renderQuery("query", query);
    List<Matcher> matchers = new ArrayList<>(typed.selector().matchers());
    matchers.add(new Matcher(LabelNames.PROFILE_TYPE, Matcher.Operator.EQUAL, typed.type().id()));
    return new Selector(matchers);
  }

  /**
   * The conditions on single profiles and samples.
   *
   * @throws RpcException {@code invalid_argument} for ids that are none, and for spans together
   *     with traces; {@code unimplemented} for a selector this server does not know how to apply
   */
  static SampleSelector samples(
      StackTraceSelector stackTraces,
      List<String> profileIds,
      List<String> traceIds,
      List<String> spanIds) {
    if (stackTraces.hasGoPgo()) {
      throw new RpcException(
          RpcCode.UNIMPLEMENTED, "stack_trace_selector.go_pgo is for merged pprofs only");
    }

    if (!traceIds.isEmpty() && !spanIds.isEmpty()) {
      throw RpcException.invalidArgument("span_selector and trace_id_selector exclude each other");
    }

    Set<UUID> profiles = new HashSet<>();
    for (String id : profileIds) {
      checkForm(UUID_FORM, "profile_id_selector", id, "a UUID");
      profiles.add(UUID.fromString(id));
    }

    Set<TraceId> traces = new HashSet<>();
    for (String id : traceIds) {
      checkForm(TRACE_ID_FORM, "trace_id_selector", id, "32 hexadecimal digits");
      traces.add(
          new TraceId(
              HexFormat.fromHexDigitsToLong(id, 0, 16), HexFormat.fromHexDigitsToLong(id, 16, 32)));
    }

    Set<Long> spans = new HashSet<>();
    for (String id : spanIds) {
      checkForm(SPAN_ID_FORM, "span_selector", id, "16 hexadecimal digits");
      spans.add(HexFormat.fromHexDigitsToLong(id));
    }

    return new SampleSelector(profiles, spans, traces, stacks(stackTraces));
  }

  private static StackSelector stacks(StackTraceSelector selector) {
    List<String> callSite = selector.getCallSiteList().stream().map(Location::getName).toList();
    return new StackSelector(callSite, frames(selector));
  }

  private static FrameFilter frames(StackTraceSelector selector) {
    var filter = selector.getFrameFilter();
    int regexes = filter.getIncludeRegexesCount() + filter.getExcludeRegexesCount();
    if (regexes > MAX_FRAME_REGEXES) {
      throw RpcException.invalidArgument(
          "frame_filter has "
              + regexes
              + " regular expressions (expected: <= "
              + MAX_FRAME_REGEXES
              + ")");
    }

    try {
      return new FrameFilter(
          new HashSet<>(filter.getIncludeFunctionNamesList()),
          new HashSet<>(filter.getExcludeFunctionNamesList()),
          filter.getIncludeRegexesList().stream().map(FrameFilter::regex).toList(),
          filter.getExcludeRegexesList().stream().map(FrameFilter::regex).toList());
    } catch (InvalidSelectorException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "frame_filter: " + e.getMessage(), e);
    }
  }

  /** A selector for an answer that {@link PprofShape} has brought into the form for Go's PGO. */
  static StackTraceSelector withoutGoPgo(StackTraceSelector stackTraces) {
    return stackTraces.toBuilder().clearGoPgo().build();
  }

  private static void checkForm(Pattern form, String field, String id, String expected) {
    if (!form.matcher(id).matches()) {
      throw RpcException.invalidArgument(
          field + ": '" + Excerpt.start(id) + "' (expected: " + expected + ")");
    }
  }
}
