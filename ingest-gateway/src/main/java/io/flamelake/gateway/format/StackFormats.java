/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.model.Label;
import java.util.List;

/** The formats of stacks with one value each. Their type is a part of the application's name. */
public final class StackFormats {

  /** Folded text, {@code root;caller;leaf 12}. */
  public static final ProfileConverter GROUPS = new Converter(FoldedText::readGroups);

  /** Folded text without counts: every line is a sample. */
  public static final ProfileConverter LINES = new Converter(FoldedText::readLines);

  /** A prefix trie over folded text. */
  public static final ProfileConverter TRIE = new Converter(TrieReader::read);

  /** A tree of functions. */
  public static final ProfileConverter TREE = new Converter(TreeReader::read);

  private StackFormats() {}

  private record Converter(StackReader reader) implements ProfileConverter {

    @Override
    public List<ConvertedProfile> convert(byte[] upload, UploadContext context) {
      AppProfileType type = AppProfileType.of(context.app());
      ConversionMemory memory = new ConversionMemory(context.memory());
      StackTree tree = new StackTree(memory, context.limits());
      StackSamples samples = new StackSamples(memory, 1);
      long period = context.periodNanos();
      reader.read(upload, new StackConsumer(tree, samples, memory, type.sampled() ? period : 1));
      if (samples.size() == 0) {
        return List.of();
      }

      List<List<Label>> noLabels = List.of(List.of());
      byte[] pprof =
          StackWriter.write(memory, context, type.kind(), period, tree, samples, noLabels);
      return List.of(new ConvertedProfile(type.app(), type.kind().name(), List.of(), pprof));
    }
  }
}
