/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.testkit.TestProfiles;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The profiles that the tests of the page look at: a shop of three pods, over ten minutes. */
final class UiProfiles {
  static final String SERVICE = "shop";
  static final String TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final List<String> PODS =
      List.of("shop-6d4f9-2xkqp", "shop-6d4f9-8hw5m", "shop-6d4f9-zt7vn");
  private static final int SLOTS = 56;
  private static final Profile CPU = TestProfiles.parse(TestProfiles.goCpu());
  private static final Set<Long> REGEXP_LOCATIONS = locationsOf("regexp.");

  private UiProfiles() {}

  /** Pushes for each pod a profile every 15 s, with a load that comes and goes. */
  static void pushTenMinutes(FlamelakeClient client) {
    Instant end = Instant.now();
    for (int pod = 0; pod < PODS.size(); pod++) {
      RawProfileSeries.Builder series =
          series(PODS.get(pod), pod == 0 ? "eu-north-1" : "eu-west-3");
      for (int slot = 0; slot < SLOTS; slot++) {
        double load = 1 + 0.45 * Math.sin(slot / 7.0 + pod) + 0.2 * Math.sin(slot * 1.7 + pod);
        // The last pod was given a release that has slower regular expressions.
        double regexp = pod == PODS.size() - 1 ? 2.5 : 1;
        series.addSamples(sample(scaled(load, regexp, end.minusSeconds(15L * slot + 5))));
      }

      push(client, series.build());
    }
  }

  /** Pushes one profile whose functions and label values try to be markup. */
  static void pushHostile(FlamelakeClient client, String service, String hostile) {
    Profile.Builder profile = CPU.toBuilder();
    profile.setTimeNanos(TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond() - 5));
    for (int i = 1; i < profile.getStringTableCount(); i++) {
      if (profile.getStringTable(i).startsWith("main.")) {
        profile.setStringTable(i, hostile + i);
      }
    }

    RawProfileSeries series =
        RawProfileSeries.newBuilder()
            .addLabels(label("service_name", service))
            .addLabels(label("__name__", "process_cpu"))
            .addLabels(label("pod", hostile))
            .addSamples(sample(profile.build()))
            .build();
    push(client, series);
  }

  /** Pushes one profile of a service. */
  static void pushOne(FlamelakeClient client, String service) {
    push(client, service, scaled(1, 1, Instant.now().minusSeconds(5)));
  }

  /** Pushes a profile of a service without further labels. */
  static void push(FlamelakeClient client, String service, Profile profile) {
    RawProfileSeries.Builder series =
        RawProfileSeries.newBuilder()
            .addLabels(label("service_name", service))
            .addLabels(label("__name__", "process_cpu"))
            .addSamples(sample(profile));
    push(client, series.build());
  }

  /** The selector of a pod, as it is typed. */
  static String ofPod(int pod) {
    return "pod=\"" + PODS.get(pod) + "\"";
  }

  private static RawProfileSeries.Builder series(String pod, String region) {
    return RawProfileSeries.newBuilder()
        .addLabels(label("service_name", SERVICE))
        .addLabels(label("__name__", "process_cpu"))
        .addLabels(label("pod", pod))
        .addLabels(label("region", region));
  }

  private static void push(FlamelakeClient client, RawProfileSeries series) {
    client.call(
        "push.v1.PusherService/Push",
        PushRequest.newBuilder().addSeries(series).build(),
        PushResponse.getDefaultInstance());
  }

  private static RawSample sample(Profile profile) {
    return RawSample.newBuilder()
        .setID(UUID.randomUUID().toString())
        .setRawProfile(profile.toByteString())
        .build();
  }

  /** The profile with each value multiplied, those of stacks with regular expressions twice. */
  private static Profile scaled(double load, double regexp, Instant time) {
    Profile.Builder scaled = CPU.toBuilder();
    scaled.setTimeNanos(TimeUnit.SECONDS.toNanos(time.getEpochSecond()));
    for (Sample.Builder sample : scaled.getSampleBuilderList()) {
      boolean isRegexp = sample.getLocationIdList().stream().anyMatch(REGEXP_LOCATIONS::contains);
      for (int i = 0; i < sample.getValueCount(); i++) {
        sample.setValue(i, Math.round(sample.getValue(i) * load * (isRegexp ? regexp : 1)));
      }
    }

    return scaled.build();
  }

  private static Set<Long> locationsOf(String prefix) {
    Set<Long> functions =
        CPU.getFunctionList().stream()
            .filter(f -> CPU.getStringTable((int) f.getName()).startsWith(prefix))
            .map(Function::getId)
            .collect(Collectors.toSet());
    return CPU.getLocationList().stream()
        .filter(l -> l.getLineList().stream().anyMatch(x -> functions.contains(x.getFunctionId())))
        .map(Location::getId)
        .collect(Collectors.toSet());
  }

  private static LabelPair label(String name, String value) {
    return LabelPair.newBuilder().setName(name).setValue(value).build();
  }
}
