/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flamelake.gateway.intake.ProfileRelabeler.RelabelledPart;
import io.flamelake.gateway.intake.ProfileRelabeler.RelabelledProfile;
import io.flamelake.gateway.limits.DefaultRulesPosition;
import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.limits.Relabelling;
import io.flamelake.gateway.relabel.RelabelRuleParser;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.model.pprof.PprofLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileRelabelerTest {

  private static final LabelSet PUSHED =
      LabelSet.of("__name__", "memory", "service_name", "shop", "pod", "p-1", "__delta__", "false");

  private final ProfileNormalizer normalizer = new ProfileNormalizer();

  /** A row of a table: profile type and labels, and the value of each stack. */
  private record Key(String type, LabelSet labels) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{'action':'labeldrop','regex':'thread'}",
        "{'action':'labeldrop','regex':'pod'}",
        "{'action':'labelkeep','regex':'__.*|service_name'}",
        "{'action':'labelmap','regex':'thr(.*)'}",
        "{'source_labels':['thread'],'regex':'','target_label':'thread','replacement':'a'}",
        "{'source_labels':['thread'],'regex':'a','target_label':'thread','replacement':'b'}",
        "{'source_labels':['thread'],'target_label':'pod'}",
        "{'source_labels':['thread'],'regex':'a','action':'drop'}",
        "{'source_labels':['thread','route'],'regex':'a;x','action':'keep'}",
        "{'source_labels':['__type__'],'regex':'alloc_.*','action':'drop'}",
        "{'source_labels':['__type__','thread'],'regex':'alloc_space;a','action':'drop'}",
        "{'source_labels':['__type__','thread'],'regex':'alloc_space;(.+)','target_label':'route'}",
        "{'source_labels':['__type__'],'target_label':'__name__','replacement':'of_$1'}",
        "{'source_labels':['__unit__'],'target_label':'unit'}",
        "{'source_labels':['__unit__'],'target_label':'__type__'}",
        "{'source_labels':['route'],'target_label':'route','action':'uppercase'}",
        "{'source_labels':['thread'],'target_label':'shard','modulus':2,'action':'hashmod'}",
        "{'target_label':'cluster','replacement':'c1'}",
        "{'target_label':'route','replacement':''}",
        "{'action':'drop'}"
      })
  void storesWhatTheRulesMakeOfEachRow(String text) throws Exception {
    RelabelRules rules = parse(text);
    ProfileRelabeler relabeler =
        relabeler(new Relabelling(rules, DefaultRulesPosition.LAST, RelabelRules.NONE));
    Random random = new Random(text.hashCode());
    for (int i = 0; i < 200; i++) {
      Pprof pprof = decode(random(random));

      RelabelledProfile relabelled = relabeler.relabel(PUSHED, pprof);

      assertThat(rows(relabelled, pprof)).isEqualTo(expected(rules, pprof));
    }
  }

  @Test
  void keepsTheBytesWhereNothingIsSplit() throws Exception {
    Pprof pprof = decode(random(new Random(1)));
    for (String rules :
        List.of(
            "",
            "{'target_label':'cluster','replacement':'c1'}",
            "{'source_labels':['thread'],'regex':'unknown','action':'drop'}")) {
      ProfileRelabeler relabeler =
          relabeler(new Relabelling(parse(rules), DefaultRulesPosition.FIRST, RelabelRules.NONE));

      RelabelledProfile relabelled = relabeler.relabel(PUSHED, pprof);

      assertThat(relabelled.hasDropped()).isFalse();
      assertThat(relabelled.parts()).hasSize(1);
      assertThat(relabelled.parts().get(0).selection()).as("all of it").isNull();
    }
  }

  @Test
  void dropsSampleTypesBeforeAnythingElse() throws Exception {
    Pprof pprof =
        decode(types().addSample(List.of("main"), 1, -2).addSample(List.of("other"), 3, 4));
    ProfileRelabeler relabeler =
        relabeler(
            Relabelling.DEFAULT.withSampleTypeRules(
                parse(
                    "{'source_labels':['__type__','service_name'],'regex':'alloc_space;shop','action':'drop'}")));

    RelabelledProfile relabelled = relabeler.relabel(PUSHED, pprof);

    assertThat(relabelled.hasDropped()).isTrue();
    Map<Key, Map<Long, Long>> rows = rows(relabelled, pprof);
    assertThat(rows).hasSize(1);
    assertThat(rows.values().iterator().next().values())
        .as("the negative value is gone with its type")
        .containsExactlyInAnyOrder(1L, 3L);
    assertThat(relabeler.relabel(PUSHED.with("service_name", "other"), pprof).hasDropped())
        .isFalse();
  }

  @Test
  void appliesDefaultRulesWhereTheTenantWantsThem() throws Exception {
    RelabelRules own = parse("{'source_labels':['__name__'],'target_label':'seen'}");
    Pprof pprof = decode(random(new Random(2)));
    LabelSet pushed = PUSHED.with("__name__", "godeltaprof_memory").without("__delta__");
    LabelSet plain =
        PUSHED.with("__name__", "memory").with("__name_replaced__", "godeltaprof_memory");

    assertThat(labels(own, DefaultRulesPosition.FIRST, pushed, pprof))
        .isEqualTo(plain.with("seen", "memory"));
    assertThat(labels(own, DefaultRulesPosition.LAST, pushed, pprof))
        .isEqualTo(plain.with("seen", "godeltaprof_memory"));
    assertThat(labels(own, DefaultRulesPosition.DISABLED, pushed, pprof))
        .isEqualTo(pushed.with("seen", "godeltaprof_memory"));
  }

  @Test
  void sanitizesNamesOfSampleLabels() {
    Limits limits = Limits.defaults().toBuilder().sanitizesLabelNames(true).build();
    Pprof pprof =
        decode(
            types()
                .addSample(List.of(PprofFrame.of("main")), LabelSet.of("http.route", "x"), 1, 2));

    RelabelledProfile relabelled =
        new ProfileRelabeler(limits, new LabelRules(limits)).relabel(PUSHED, pprof);

    assertThat(rows(relabelled, pprof).keySet())
        .extracting(Key::labels)
        .containsOnly(LabelSet.of("service_name", "shop", "pod", "p-1", "http_route", "x"));
  }

  @Test
  void refusesToSplitAProfileIntoManySeries() throws Exception {
    PprofBuilder profile = types();
    for (int i = 0; i <= 1000; i++) {
      profile.addSample(List.of(PprofFrame.of("main")), LabelSet.of("request", "r" + i), 1, 1);
    }

    Pprof pprof = decode(profile);
    ProfileRelabeler relabeler =
        relabeler(
            Relabelling.DEFAULT.withRules(
                parse("{'source_labels':['request'],'target_label':'id','separator':'-'}")));

    assertThatThrownBy(() -> relabeler.relabel(PUSHED, pprof))
        .isInstanceOfSatisfying(
            RejectedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.SERIES_LIMIT))
        .hasMessageContaining("becomes 1001 series by relabelling rules; limit 1000");
  }

  /** The rules applied to each row of the profile as it was pushed. */
  private Map<Key, Map<Long, Long>> expected(RelabelRules rules, Pprof pprof) {
    Map<Key, Map<Long, Long>> expected = new HashMap<>();
    for (ProfileRow row : normalize(PUSHED, pprof)) {
      LabelSet after =
          rules.apply(
              row.labels()
                  .with("__name__", "memory")
                  .with("__delta__", "false")
                  .with("__type__", row.type().sampleType())
                  .with("__unit__", row.type().sampleUnit()));
      if (after != null) {
        String type = row.type().id().replaceFirst("[^:]*", after.value("__name__"));
        LabelSet stored = after.without("__name__", "__delta__", "__type__", "__unit__");
        add(expected.computeIfAbsent(new Key(type, stored), k -> new TreeMap<>()), row);
      }
    }

    return expected;
  }

  /** The rows that readers make of the parts. */
  private Map<Key, Map<Long, Long>> rows(RelabelledProfile relabelled, Pprof whole) {
    Map<Key, Map<Long, Long>> rows = new HashMap<>();
    for (RelabelledPart part : relabelled.parts()) {
      Pprof pprof =
          part.selection() == null
              ? whole
              : PprofDecoder.decode(part.selection().encode(), PprofLimits.STORED);
      for (ProfileRow row : normalize(part.labels(), pprof)) {
        Map<Long, Long> values = new TreeMap<>();
        add(values, row);
        assertThat(rows.put(new Key(row.type().id(), row.labels()), values))
            .as("readers take each series of a profile once")
            .isNull();
      }
    }

    return rows;
  }

  private static void add(Map<Long, Long> values, ProfileRow row) {
    for (int i = 0; i < row.stackIds().length; i++) {
      values.merge(row.stackIds()[i], row.values()[i], Long::sum);
    }
  }

  private static @Nullable LabelSet labels(
      RelabelRules own, DefaultRulesPosition position, LabelSet pushed, Pprof pprof) {
    return relabeler(new Relabelling(own, position, RelabelRules.NONE))
        .relabel(pushed, pprof)
        .parts()
        .get(0)
        .labels();
  }

  private static ProfileRelabeler relabeler(Relabelling relabelling) {
    Limits limits = Limits.defaults().toBuilder().relabelling(relabelling).build();
    return new ProfileRelabeler(limits, new LabelRules(limits));
  }

  private List<ProfileRow> normalize(LabelSet labels, Pprof pprof) {
    return normalizer.normalize(TenantId.ANONYMOUS, new UUID(1, 2), 1, labels, pprof);
  }

  private static PprofBuilder random(Random random) {
    PprofBuilder profile = types();
    int samples = 1 + random.nextInt(12);
    for (int i = 0; i < samples; i++) {
      LabelSet labels = LabelSet.EMPTY;
      for (String name : List.of("thread", "route", "pod")) {
        if (random.nextInt(3) > 0) {
          labels = labels.with(name, random.nextBoolean() ? "a" : "x");
        }
      }

      if (random.nextInt(4) == 0) {
        labels = labels.with("span_id", "000000000000000" + random.nextInt(3));
      }

      profile.addSample(
          List.of(PprofFrame.of("f" + random.nextInt(4)), PprofFrame.of("main")),
          labels,
          random.nextInt(5) - 1,
          random.nextInt(5));
    }

    return profile;
  }

  private static PprofBuilder types() {
    return new PprofBuilder()
        .addSampleType("alloc_objects", "count")
        .addSampleType("alloc_space", "bytes")
        .periodType("space", "bytes")
        .period(1)
        .timeNanos(1_000_000_000);
  }

  private static Pprof decode(PprofBuilder profile) {
    return PprofDecoder.decode(profile.toByteArray(), PprofLimits.DEFAULT);
  }

  private static RelabelRules parse(String rules) throws JsonProcessingException {
    return RelabelRuleParser.parse(new JsonMapper().readTree("[" + rules.replace('\'', '"') + "]"));
  }
}
