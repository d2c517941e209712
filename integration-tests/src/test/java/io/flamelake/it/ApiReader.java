/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.ProfileType;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.Level;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks {@link TableQuestions} through the API. */
final class ApiReader {
  /** As many as the API gives: nothing is cut off. */
  private static final int MAX_NODES = 1 << 20;

  private final FlamelakeProcess server;
  private final List<String> tenants;
  private final Instant beginning;
  private final Instant end;

  /** A reader of a server that holds nothing outside a range of time. */
  ApiReader(FlamelakeProcess server, List<String> tenants, Instant beginning, Instant end) {
    this.server = server;
    this.tenants = tenants;
    this.beginning = beginning;
    this.end = end;
  }

  TableAnswers ask(TableQuestions questions) {
    return new TableAnswers(totals(), stacks(questions), topFunctions(questions));
  }

  private SortedMap<String, Long> totals() {
    SortedMap<String, Long> totals = new TreeMap<>();
    for (String tenant : tenants) {
      FlamelakeClient client = new FlamelakeClient(server, tenant);
      ProfileTypesResponse types =
          client.call(
              CpuQueries.QUERIER + "ProfileTypes",
              ProfileTypesRequest.newBuilder()
                  .setStart(beginning.toEpochMilli())
                  .setEnd(end.toEpochMilli())
                  .build(),
              ProfileTypesResponse.getDefaultInstance());
      types
          .getProfileTypesList()
          .forEach(
              type ->
                  totals.put(
                      tenant + " " + type.getID(),
                      flameGraph(client, type.getID(), "{}", beginning, end).getTotal()));
    }

    return totals;
  }

  private SortedMap<String, Long> stacks(TableQuestions questions) {
    String query = questions.type().id() + CpuQueries.ofService(questions.service());
    return CollapsedStacks.ask(
        client(questions),
        query,
        questions.from().toEpochMilli(),
        questions.to().toEpochMilli(),
        MAX_NODES);
  }

  private List<TableAnswers.Row> topFunctions(TableQuestions questions) {
    FlameGraph flameGraph =
        flameGraph(
            client(questions),
            questions.type().id(),
            CpuQueries.ofService(questions.service()),
            questions.from(),
            questions.to());
    Map<String, Long> self = new HashMap<>();
    for (Level level : flameGraph.getLevelsList()) {
      // Four numbers a box: distance from the box before it, total, self, index of its name.
      for (int box = 0; box < level.getValuesCount(); box += 4) {
        String name = flameGraph.getNames((int) level.getValues(box + 3));
        self.merge(name, level.getValues(box + 2), Long::sum);
      }
    }

    return TableAnswers.top(self);
  }

  private FlamelakeClient client(TableQuestions questions) {
    return new FlamelakeClient(server, questions.tenant());
  }

  private static FlameGraph flameGraph(
      FlamelakeClient client, String type, String selector, Instant from, Instant to) {
    return client
        .call(
            CpuQueries.SELECT_STACKTRACES,
            SelectMergeStacktracesRequest.newBuilder()
                .setProfileTypeID(ProfileType.parse(type).id())
                .setLabelSelector(selector)
                .setStart(from.toEpochMilli())
                .setEnd(to.toEpochMilli())
                .setMaxNodes(MAX_NODES)
                .build(),
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph();
  }
}
