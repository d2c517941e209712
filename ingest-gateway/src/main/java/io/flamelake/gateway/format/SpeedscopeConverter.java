/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.format.SpeedscopeOutline.Profile;
import io.flamelake.model.Label;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Files for speedscope: any number of profiles over one list of frames, each as samples with
 * weights or as events that open and close frames. Read twice, as a stream, since every file is one
 * tree of JSON otherwise.
 */
public final class SpeedscopeConverter implements ProfileConverter {

  private static final String PROFILE_NAME = "profile_name";

  @Override
  public List<ConvertedProfile> convert(byte[] upload, UploadContext context) {
    SpeedscopeJson.checkUtf8(upload);
    ConversionMemory memory = new ConversionMemory(context.memory());
    StackTree tree = new StackTree(memory, context.limits());
    SpeedscopeOutline outline = SpeedscopeOutline.read(upload, tree, memory);
    List<ConvertedProfile> converted = new ArrayList<>();
    try (SpeedscopeJson json = new SpeedscopeJson(upload)) {
      Iterator<Profile> profiles = outline.profiles().iterator();
      json.begin();
      json.forEachField(
          name -> {
            if (name.equals("profiles")) {
              json.forEachElement(
                  () -> {
                    context.checkWanted();
                    convertProfile(
                        json, outline, profiles.next(), context, tree, memory, converted);
                  });
            } else {
              json.skip();
            }
          });
    }

    return converted;
  }

  private static void convertProfile(
      SpeedscopeJson json,
      SpeedscopeOutline outline,
      Profile profile,
      UploadContext context,
      StackTree tree,
      ConversionMemory memory,
      List<ConvertedProfile> converted) {
    boolean several = outline.profiles().size() > 1;
    AppProfileType type = profile.unit().typeOf(context.app(), several);
    long period = context.periodNanos();
    long factor = profile.unit().factor(type, period);
    StackSamples samples = new StackSamples(memory, 1);
    new SpeedscopeSamples(json, outline.frames(), tree, memory, factor, samples)
        .read(profile.evented());
    if (samples.size() == 0) {
      return;
    }

    List<Label> labels =
        several && !profile.name().isEmpty()
            ? List.of(new Label(PROFILE_NAME, profile.name()))
            : List.of();
    byte[] pprof =
        StackWriter.write(memory, context, type.kind(), period, tree, samples, List.of(List.of()));
    converted.add(new ConvertedProfile(type.app(), type.kind().name(), labels, pprof));
  }
}
