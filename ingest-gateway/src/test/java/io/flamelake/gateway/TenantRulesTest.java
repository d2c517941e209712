/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.TestGateway.cpuLabels;
import static io.flamelake.gateway.TestGateway.series;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.flamelake.gateway.TestGateway.Stored;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.LimitsBuilder;
import io.flamelake.gateway.limits.Sampling;
import io.flamelake.gateway.relabel.RelabelAction;
import io.flamelake.gateway.relabel.RelabelRule;
import io.flamelake.gateway.relabel.RelabelRuleBuilder;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Selector;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a tenant's rules and limits make of profiles that break none. */
class TenantRulesTest {

  private static final PprofBuilder HEAP =
      new PprofBuilder()
          .addSampleType("inuse_space", "bytes")
          .addSampleType("alloc_space", "bytes")
          .periodType("space", "bytes")
          .period(1)
          .addSample(List.of("main"), 3, 5);
  private static final LabelSet HEAP_LABELS =
      cpuLabels().with("__name__", "memory").with("__delta__", "false");

  private final LimitsBuilder limits = Limits.defaults().toBuilder();
  private final List<TestGateway> gateways = new ArrayList<>();

  @AfterEach
  void close() {
    gateways.forEach(TestGateway::close);
  }

  @Test
  void answersOkForWhatRulesDropAndCountsIt() {
    limits.relabelling(
        rules ->
            rules.withRules(
                rules(
                    RelabelRule.builder()
                        .action(RelabelAction.DROP)
                        .sourceLabels("service_name")
                        .regex("shop"))));
    TestGateway gateway = gateway();

    assertOk(gateway.push(series(TestProfiles.cpu().toByteArray())));
    assertOk(
        gateway.push(
            series(
                cpuLabels().with("service_name", "other"),
                UUID.randomUUID(),
                TestProfiles.cpu().toByteArray())));

    assertThat(gateway.stored()).hasSize(1);
    assertThat(gateway.discarded("dropped_by_relabel_rules")).isEqualTo(1);
  }

  @Test
  void leavesOutSampleTypesThatRulesDrop() throws Exception {
    limits.relabelling(
        rules ->
            rules.withSampleTypeRules(
                rules(
                    RelabelRule.builder()
                        .action(RelabelAction.DROP)
                        .sourceLabels("__type__")
                        .regex("alloc_.*"))));
    TestGateway gateway = gateway();

    assertOk(gateway.push(series(HEAP_LABELS, UUID.randomUUID(), HEAP.toByteArray())));

    Profile stored = onlyProfile(gateway);
    assertThat(stored.getSampleTypeCount()).isEqualTo(1);
    assertThat(stored.getSample(0).getValueList()).containsExactly(3L);
    assertThat(gateway.discarded("dropped_by_relabel_rules")).as("in part").isEqualTo(1);
  }

  @Test
  void storesTypesThatRulesRenameUnderTheirNames() {
    limits.relabelling(
        rules ->
            rules.withRules(
                rules(
                    RelabelRule.builder()
                        .sourceLabels("__type__")
                        .regex("alloc_space")
                        .targetLabel("__name__")
                        .replacement("allocations"),
                    RelabelRule.builder().targetLabel("cluster").replacement("c1"))));
    TestGateway gateway = gateway();
    UUID id = UUID.randomUUID();

    assertOk(gateway.push(series(HEAP_LABELS, id, HEAP.toByteArray())));

    assertThat(gateway.stored())
        .extracting(stored -> stored.record().labels().without("__delta__"))
        .containsExactlyInAnyOrder(
            cpuLabels().with("__name__", "memory").with("cluster", "c1"),
            cpuLabels().with("__name__", "allocations").with("cluster", "c1"));
    assertThat(gateway.stored()).extracting(stored -> stored.record().profileId()).containsOnly(id);
  }

  @Test
  void refusesWhatRulesMakeInvalid() {
    limits.relabelling(
        rules ->
            rules.withRules(
                rules(
                    RelabelRule.builder().action(RelabelAction.LABELDROP).regex("service_name"))));
    TestGateway gateway = gateway();

    AggregatedHttpResponse response = gateway.push(series(TestProfiles.cpu().toByteArray()));

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("service name is not provided");
    assertThat(gateway.discarded("invalid_labels")).isEqualTo(1);
  }

  @Test
  void cutsDeepStacksAtTheLeaf() throws Exception {
    limits.maxStackDepth(2);
    TestGateway gateway = gateway();

    assertOk(
        gateway.push(
            series(
                TestProfiles.empty()
                    .addSample(List.of("leaf", "middle", "main"), 1)
                    .addSample(List.of("other", "main"), 2)
                    .toByteArray())));

    Profile stored = onlyProfile(gateway);
    assertThat(stored.getSampleList())
        .extracting(
            sample -> sample.getLocationIdList().stream().map(id -> name(stored, id)).toList())
        .containsExactly(List.of("middle", "main"), List.of("other", "main"));
  }

  @Test
  void cutsLongSymbolsAtTheirBeginning() throws Exception {
    limits.maxSymbolBytes(20);
    TestGateway gateway = gateway();

    assertOk(
        gateway.push(
            series(
                TestProfiles.empty()
                    .addSample(List.of("github.com/example/service.Handle", "main"), 1)
                    .toByteArray())));

    assertThat(onlyProfile(gateway).getStringTableList())
        .contains("ample/service.Handle", "main")
        .doesNotContain("github.com/example/service.Handle");
  }

  @Test
  void keepsTheBytesWhereNothingIsToCut() {
    limits.maxStackDepth(4).maxSymbolBytes(100);
    TestGateway gateway = gateway();
    byte[] profile = TestProfiles.cpu().toByteArray();

    assertOk(gateway.push(series(profile)));

    assertThat(payload(gateway.stored().get(0).record())).isEqualTo(profile);
  }

  @Test
  void answersOkForWhatSamplingDropsAndCountsIt() {
    limits.sampling(
        new Sampling(Map.of("all", Selector.parse("{pod=\"shop-1\"}")), Map.of("all", 0.0)));
    TestGateway gateway = gateway();

    assertOk(gateway.push(series(TestProfiles.cpu().toByteArray())));

    assertThat(gateway.stored()).isEmpty();
    assertThat(gateway.discarded("dropped_by_sampling_rules")).isEqualTo(1);
  }

  @Test
  void storesSessionsWhereTheLimitSaysSo() {
    limits.maxSessionsPerSeries(2);
    TestGateway gateway = gateway();

    assertOk(
        gateway.push(
            series(
                cpuLabels().with("__session_id__", "0300000000000000"),
                UUID.randomUUID(),
                TestProfiles.cpu().toByteArray())));

    assertThat(gateway.stored().get(0).record().labels())
        .isEqualTo(cpuLabels().with("__session_id__", "0100000000000000"));
  }

  private TestGateway gateway() {
    TestGateway gateway =
        new TestGateway(TestGateway.config().withLimits(limits.build()), new InMemoryObjectStore());
    gateways.add(gateway);
    return gateway;
  }

  private static RelabelRules rules(RelabelRuleBuilder... rules) {
    return new RelabelRules(Arrays.stream(rules).map(RelabelRuleBuilder::build).toList());
  }

  private static void assertOk(AggregatedHttpResponse response) {
    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
  }

  private static Profile onlyProfile(TestGateway gateway) throws Exception {
    List<Stored> stored = gateway.stored();
    assertThat(stored).hasSize(1);
    return Profile.parseFrom(payload(stored.get(0).record()));
  }

  private static String name(Profile profile, long location) {
    long function = profile.getLocation((int) location - 1).getLine(0).getFunctionId();
    return profile.getStringTable((int) profile.getFunction((int) function - 1).getName());
  }

  private static byte[] payload(SegmentRecord record) {
    return Arrays.copyOfRange(
        record.payload(), record.payloadOffset(), record.payloadOffset() + record.payloadLength());
  }
}
