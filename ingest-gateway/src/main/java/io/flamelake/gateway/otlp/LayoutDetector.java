/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.model.pprof.ProtobufCursor;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the layout of an export's samples.
 *
 * <p>The first field 3 or 4 tells it by its wire type, see {@link SampleLayout}. Where no sample
 * has one, field 2 is all that differs: values in the one layout, references to attributes in the
 * other. They are references if each number is one and leads to at least one attribute that is not
 * a frame's or a profile's: nobody sends attributes that belong to nothing.
 */
final class LayoutDetector {

  private static final int SAMPLE = 2 << 3 | LENGTH_DELIMITED;
  private static final int PROFILE_ATTRIBUTE = 11 << 3 | VARINT;
  private static final int PROFILE_ATTRIBUTES = 11 << 3 | LENGTH_DELIMITED;

  private final int attributeCount;
  private final BitSet candidates = new BitSet();
  private final BitSet others = new BitSet();
  private boolean areReferences = true;

  private LayoutDetector(Dictionary dictionary) {
    this.attributeCount = dictionary.attributes().size();
    others.or(dictionary.frameAttributes);
  }

  static SampleLayout detect(List<ScopedProfile> profiles, Dictionary dictionary) {
    LayoutDetector detector = new LayoutDetector(dictionary);
    for (ScopedProfile profile : profiles) {
      Part part = profile.part();
      SampleLayout layout =
          detector.readProfile(
              new ProtobufCursor(dictionary.export(), part.offset(), part.length()));
      if (layout != null) {
        return layout;
      }
    }

    return detector.guess();
  }

  private SampleLayout guess() {
    boolean hasReferences = !candidates.isEmpty();
    candidates.andNot(others);
    boolean isOld = !areReferences || (hasReferences && candidates.isEmpty());
    return isOld ? SampleLayout.V1_9 : SampleLayout.V1_10;
  }

  private @Nullable SampleLayout readProfile(ProtobufCursor in) {
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case SAMPLE -> {
          SampleLayout layout = readSample(in);
          if (layout != null) {
            return layout;
          }
        }
        case PROFILE_ATTRIBUTE -> addOther(in.readVarint());
        case PROFILE_ATTRIBUTES -> {
          int outer = in.enter();
          while (in.hasMore()) {
            addOther(in.readVarint());
          }

          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }

    return null;
  }

  private @Nullable SampleLayout readSample(ProtobufCursor in) {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 2 << 3 | VARINT -> addCandidate(in.readVarint());
        case 2 << 3 | LENGTH_DELIMITED -> {
          int packed = in.enter();
          while (in.hasMore()) {
            addCandidate(in.readVarint());
          }

          in.leave(packed);
        }
        case 3 << 3 | LENGTH_DELIMITED, 4 << 3 | VARINT -> {
          return SampleLayout.V1_9;
        }
        case 3 << 3 | VARINT, 4 << 3 | LENGTH_DELIMITED -> {
          return SampleLayout.V1_10;
        }
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    return null;
  }

  private void addCandidate(long number) {
    if (number > 0 && number < attributeCount) {
      candidates.set((int) number);
    } else {
      areReferences = false;
    }
  }

  private void addOther(long number) {
    if (number >= 0 && number < attributeCount) {
      others.set((int) number);
    }
  }
}
