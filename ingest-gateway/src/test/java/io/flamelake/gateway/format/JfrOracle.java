/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** What the JDK's own reader finds in a JFR file. */
final class JfrOracle {

  private final List<RecordedEvent> events;

  JfrOracle(Path file) throws IOException {
    this.events = RecordingFile.readAllEvents(file);
  }

  long count(String type) {
    return events.stream().filter(event -> event.getEventType().getName().equals(type)).count();
  }

  /** The sums of a value by stack, as {@link Uploads#sums} has them. */
  Map<String, Long> sums(String type, ToLongFunction<RecordedEvent> value) {
    return sums(type, event -> true, value);
  }

  Map<String, Long> sums(
      String type, Predicate<RecordedEvent> wanted, ToLongFunction<RecordedEvent> value) {
    Map<String, Long> sums = new TreeMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals(type) && wanted.test(event)) {
        sums.merge(stack(event), value.applyAsLong(event), Long::sum);
      }
    }

    return sums;
  }

  static boolean isAwake(RecordedEvent event) {
    return !"STATE_SLEEPING".equals(event.getString("state"));
  }

  private static String stack(RecordedEvent event) {
    StringBuilder stack = new StringBuilder();
    if (event.getStackTrace() != null) {
      List<RecordedFrame> frames = event.getStackTrace().getFrames();
      for (int i = frames.size() - 1; i >= 0; i--) {
        stack.append(stack.length() == 0 ? "" : ";").append(name(frames.get(i)));
      }
    }

    return stack.toString();
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType() == null ? "" : frame.getMethod().getType().getName();
    String method = frame.getMethod().getName();
    String name = type.isEmpty() ? method : method.isEmpty() ? type : type + "." + method;
    // The JDK's reader writes classes with dots, others with slashes: neither tells them apart.
    return name.replace('/', '.');
  }
}
