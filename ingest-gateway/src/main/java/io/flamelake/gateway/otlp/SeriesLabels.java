/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.gateway.otlp.AttributeTable.EXECUTABLE_NAME_KEY;
import static io.flamelake.gateway.otlp.AttributeTable.SERVICE_NAME_KEY;

import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of what an export's profiles become. */
final class SeriesLabels {

  private static final String OTLP_MARK = "__otel__";
  private static final String RESERVED_PREFIX = "__";

  private SeriesLabels() {}

  /**
   * The service of some samples.
   *
   * @param attributes of the resource and the scope
   * @param sampleService the service that the samples themselves name
   * @param sampleExecutable the program that the samples themselves name
   */
  static String service(
      Map<String, String> attributes,
      @Nullable String sampleService,
      @Nullable String sampleExecutable) {
    String service = sampleService == null ? "" : sampleService;
    if (service.isEmpty()) {
      service = attributes.getOrDefault(SERVICE_NAME_KEY, "");
    }

    if (!service.isEmpty()) {
      return service;
    }

    String executable = sampleExecutable == null ? "" : sampleExecutable;
    if (executable.isEmpty()) {
      executable = attributes.getOrDefault(EXECUTABLE_NAME_KEY, "");
    }

    return executable.isEmpty()
        ? LabelRules.UNKNOWN_SERVICE
        : LabelRules.UNKNOWN_SERVICE + ":" + executable;
  }

  /**
   * All labels: the attributes under their own keys, except those that would be taken for the
   * server's, and the server's.
   */
  static List<Label> of(Map<String, String> attributes, String service, String name) {
    List<Label> labels = new ArrayList<>(attributes.size() + 4);
    attributes.forEach(
        (key, value) -> {
          // Samples of another service than their resource's must not be found under both.
          String own = key.equals(SERVICE_NAME_KEY) && !value.isEmpty() ? service : value;
          if (!key.startsWith(RESERVED_PREFIX) && !key.equals(LabelNames.SERVICE_NAME)) {
            labels.add(new Label(key, own));
          }
        });
    labels.add(new Label(LabelNames.NAME, name));
    labels.add(new Label(LabelNames.SERVICE_NAME, service));
    labels.add(new Label(LabelNames.DELTA, "false"));
    labels.add(new Label(OTLP_MARK, "true"));
    return labels;
  }
}
