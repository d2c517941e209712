/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.gateway.otlp.AttributeTable.Role;
import io.flamelake.gateway.otlp.OtlpConversion.Refusal;
import io.flamelake.gateway.otlp.OtlpConversion.Series;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.Label;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.ProtobufCursor;
import io.flamelake.rpc.MemoryBudget.Reservation;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes pprofs of an export of profiles ({@code ExportProfilesServiceRequest}), one for each
 * profile and service that its samples belong to.
 *
 * <pre>
 *  export ──► DictionaryReader ──► Dictionary ──┐
 *        └──► ExportReader ──► profiles ──► LayoutDetector ──► SampleReader ──► SampleWriter
 * </pre>
 *
 * <p>Samples are read where they are and become objects at no time; the tables are arrays whose
 * size is known before they are made. What cannot be read, or refers to what is not there, refuses
 * the whole export: its profiles share the dictionary, so nothing in it can be trusted. What is
 * wrong with one profile alone refuses that profile.
 */
public final class OtlpConverter {

  private static final long DEFAULT_DURATION_NANOS = Duration.ofSeconds(10).toNanos();

  // What objects of lists take.
  private static final long PROFILE_BYTES = 64;
  private static final long LABEL_BYTES = 32;
  private static final long GROUP_BYTES = 256;

  private static final String EMPTY_MEANS = ": they have neither values nor timestamps";

  private final byte[] export;
  private final Limits limits;
  private final long nowNanos;
  private final Dictionary dictionary;
  private final List<ScopedProfile> profiles;
  private final Reservation reservation;
  private final SampleReader sample;
  private final SampleWriter writer;
  private final List<Refusal> refused = new ArrayList<>();
  private final Map<Source, Series> series = new LinkedHashMap<>();
  private long convertedBytes;
  private long sampleCount;
  private long emptySampleCount;

  /** What the labels of a series are made from. */
  private record Source(AttributesKey attributes, String service, String name) {}

  /** Tells the attributes of two resources apart without a look at them. */
  private record AttributesKey(Map<String, String> attributes) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof AttributesKey && attributes == ((AttributesKey) other).attributes;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(attributes);
    }
  }

  private OtlpConverter(
      byte[] export,
      Limits limits,
      long nowNanos,
      Dictionary dictionary,
      List<ScopedProfile> profiles,
      SampleLayout layout,
      Reservation reservation) {
    this.export = export;
    this.limits = limits;
    this.nowNanos = nowNanos;
    this.dictionary = dictionary;
    this.profiles = profiles;
    this.reservation = reservation;
    this.sample = new SampleReader(dictionary, layout);
    this.writer = new SampleWriter(dictionary, limits.pprofLimits(), reservation);
  }

  /**
   * Converts an export whose layout is to be found out.
   *
   * @param limits of the tenant
   * @param nowNanos the time of profiles that have none
   * @param reservation takes all memory that this takes, and keeps what the result holds
   * @throws MalformedProfileException if the export is refused as a whole
   */
  public static OtlpConversion convert(
      byte[] export, Limits limits, long nowNanos, Reservation reservation) {
    return convert(export, null, limits, nowNanos, reservation);
  }

  /** Like the other, for an export of a known layout. */
  public static OtlpConversion convert(
      byte[] export,
      @Nullable SampleLayout layout,
      Limits limits,
      long nowNanos,
      Reservation reservation) {
    List<Part> parts = ExportReader.dictionaryParts(export);
    if (parts.isEmpty()) {
      throw Malformed.of("missing profile metadata dictionary");
    }

    List<Part> resources = ExportReader.resourceParts(export);
    if (resources.isEmpty()) {
      throw Malformed.of("missing resource profiles");
    }

    Dictionary dictionary = DictionaryReader.read(export, parts, reservation);
    List<ScopedProfile> profiles = ExportReader.profiles(resources, dictionary, reservation);
    reservation.grow(PROFILE_BYTES * profiles.size());
    SampleLayout known = layout == null ? LayoutDetector.detect(profiles, dictionary) : layout;
    return new OtlpConverter(export, limits, nowNanos, dictionary, profiles, known, reservation)
        .convert();
  }

  private OtlpConversion convert() {
    for (int number = 0; number < profiles.size(); number++) {
      ScopedProfile profile = profiles.get(number);
      try {
        convert(number, profile);
      } catch (RejectedProfileException e) {
        refused.add(
            new Refusal(
                number, e.reason(), profile.part().length(), String.valueOf(e.getMessage())));
      }
    }

    if (sampleCount > 0 && emptySampleCount == sampleCount) {
      throw Malformed.of("All " + sampleCount + " samples are empty" + EMPTY_MEANS);
    }

    return new OtlpConversion(profiles.size(), List.copyOf(series.values()), refused);
  }

  /** Converts one profile, in whole or not at all. */
  private void convert(int number, ScopedProfile profile) {
    ProfileHeader header = ProfileHeader.read(dictionary, profile.part(), reservation);
    if (header.samples().isEmpty()) {
      return;
    }

    if (!header.hasType()) {
      throw rejected(DiscardReason.MALFORMED_PROFILE, "Its sample type has no name");
    }

    PprofType type = header.type();
    Map<Source, byte[]> pprofs = new LinkedHashMap<>();
    groupByService(header, profile.labels())
        .forEach(
            (service, samples) -> {
              byte[] pprof = write(header, type, samples);
              if (pprof != null) {
                AttributesKey attributes = new AttributesKey(profile.labels());
                pprofs.put(new Source(attributes, service, type.name()), pprof);
              }
            });
    if (pprofs.isEmpty()) {
      throw rejected(
          DiscardReason.MALFORMED_PROFILE,
          "All of its " + header.samples().size() + " samples are empty" + EMPTY_MEANS);
    }

    pprofs.forEach((source, pprof) -> add(source, number, new PushedProfile(pprof, header.id())));
  }

  private Map<String, IntArrayList> groupByService(
      ProfileHeader header, Map<String, String> attributes) {
    if (!dictionary.attributes().namesServices()) {
      return Map.of(SeriesLabels.service(attributes, null, null), header.samples());
    }

    Map<String, IntArrayList> groups = new LinkedHashMap<>();
    ProtobufCursor in = new ProtobufCursor(export, 0, export.length);
    for (int i = 0; i < header.samples().size(); i++) {
      int position = header.samples().getInt(i);
      in.seek(position);
      sample.read(in);
      String service =
          SeriesLabels.service(
              attributes, findText(Role.SERVICE_NAME), findText(Role.EXECUTABLE_NAME));
      IntArrayList group = groups.get(service);
      if (group == null) {
        reservation.grow(GROUP_BYTES);
        group = new IntArrayList();
        groups.put(service, group);
      }

      group.add(position);
    }

    return groups;
  }

  /** The text of the sample's attribute of a role, or null if it has none. */
  private @Nullable String findText(Role role) {
    AttributeTable attributes = dictionary.attributes();
    for (int i = 0; i < sample.attributes().size(); i++) {
      int attribute = sample.attributes().getInt(i);
      if (attributes.role(attribute) == role) {
        return attributes.findText(attribute);
      }
    }

    return null;
  }

  /** Writes some samples of a profile, or returns null if all of them are empty. */
  private byte @Nullable [] write(ProfileHeader header, PprofType type, IntArrayList samples) {
    writer.begin(
        type,
        header.period(),
        header.timeNanos() == 0 ? nowNanos : header.timeNanos(),
        header.durationNanos() == 0 ? DEFAULT_DURATION_NANOS : header.durationNanos());
    boolean isEmpty = true;
    ProtobufCursor in = new ProtobufCursor(export, 0, export.length);
    for (int i = 0; i < samples.size(); i++) {
      in.seek(samples.getInt(i));
      sample.read(in);
      sampleCount++;
      if (sample.isEmpty()) {
        emptySampleCount++;
      } else {
        writer.addSample(sample, type.scale(sample.value()));
        isEmpty = false;
      }
    }

    return isEmpty ? null : writer.toByteArray();
  }

  private void add(Source source, int number, PushedProfile pprof) {
    convertedBytes += pprof.bytes().length;
    if (convertedBytes > limits.ingestionBodyBytes()) {
      throw new MalformedProfileException(
          DiscardReason.BODY_SIZE_LIMIT_EXCEEDED,
          "uncompressed batched profile payload size exceeds limit of "
              + limits.ingestionBodyBytes()
              + " B");
    }

    Series target = series.computeIfAbsent(source, this::newSeries);
    target.pushed().profiles().add(pprof);
    target.profileNumbers().add(number);
  }

  private Series newSeries(Source source) {
    Map<String, String> attributes = source.attributes().attributes();
    reservation.grow(GROUP_BYTES + LABEL_BYTES * attributes.size());
    List<Label> labels = SeriesLabels.of(attributes, source.service(), source.name());
    return new Series(new PushedSeries(labels, new ArrayList<>()), new IntArrayList());
  }

  private static RejectedProfileException rejected(DiscardReason reason, String message) {
    return new RejectedProfileException(reason, message);
  }
}
