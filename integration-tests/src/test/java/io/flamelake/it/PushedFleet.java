/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.Label;
import io.flamelake.model.ProfileType;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Profiles that were pushed, and what is true of them by the pprofs alone. */
final class PushedFleet {
  private record Pushed(String tenant, SyntheticProfile profile) {}

  private final List<Pushed> pushed = new ArrayList<>();

  /** Pushes what all pods have to push between two times, exclusive the last. */
  void push(
      FlamelakeClient client, String tenant, ProfileSynthesizer pods, Instant from, Instant to) {
    pods.forEach(
        from,
        to,
        profile -> {
          client.call(
              PushRequests.METHOD,
              PushRequests.of(series(profile)),
              PushResponse.getDefaultInstance());
          pushed.add(new Pushed(tenant, profile));
        });
  }

  /** Rows of table {@code profiles} that the profiles become. */
  long rows() {
    return pushed.stream().mapToLong(push -> push.profile().totals().size()).sum();
  }

  /** What is to be answered, summed up the slow way. */
  TableAnswers answers(TableQuestions questions) {
    SortedMap<String, Long> totals = new TreeMap<>();
    for (Pushed push : pushed) {
      for (ProfileType type : push.profile().totals().keySet()) {
        long total = BruteForce.total(List.of(push.profile().pprof()), type.sampleType());
        totals.merge(push.tenant() + " " + type.id(), total, Long::sum);
      }
    }

    List<byte[]> asked =
        pushed.stream().filter(isAsked(questions)).map(push -> push.profile().pprof()).toList();
    return TableAnswers.of(totals, BruteForce.foldedStacks(asked, questions.type().sampleType()));
  }

  private static Predicate<Pushed> isAsked(TableQuestions questions) {
    return push ->
        push.tenant().equals(questions.tenant())
            && questions.service().equals(push.profile().labels().findValue("service_name"))
            && push.profile().totals().containsKey(questions.type())
            && !push.profile().time().isBefore(questions.from())
            && push.profile().time().isBefore(questions.to());
  }

  private static RawProfileSeries series(SyntheticProfile profile) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    for (Label label : profile.labels().labels()) {
      series.addLabels(PushRequests.label(label.name(), label.value()));
    }

    return series.addSamples(PushRequests.sample(profile.gzip())).build();
  }
}
