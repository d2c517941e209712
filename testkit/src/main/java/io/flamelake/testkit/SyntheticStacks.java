/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.XxHash64;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The stacks of one made-up service: those of real profiles, and more grown from them until there
 * are as many as a busy service shows in an hour. Half of the grown ones join the outer part of one
 * real stack to the inner part of another that calls the same function at that place; the others
 * have another line or a closure in place of a function near the leaf. About a third of the
 * functions get the service's name, as its own code would have; the rest are shared libraries.
 *
 * <p>How often a stack is seen falls off by a power of its rank.
 */
final class SyntheticStacks {

  private static final int MAX_DEPTH = 120;
  private static final int MAX_LINE_SHIFT = 12;
  private static final int MAX_CLOSURES = 4;

  /** How far from the leaf a stack may differ from its source. */
  private static final int MAX_VARIED_DEPTH = 8;

  private final List<PprofFrame> frames = new ArrayList<>();
  private final Map<PprofFrame, Integer> frameIndexes = new HashMap<>();

  /** Frame indexes, leaf first. */
  private final List<int[]> stacks = new ArrayList<>();

  private final double[] cumulativeShares;

  SyntheticStacks(
      List<byte[]> realProfiles,
      String service,
      int count,
      double rankOffset,
      double rankPower,
      SplittableRandom random) {
    for (byte[] profile : realProfiles) {
      addReal(TestProfiles.parse(profile), service);
    }

    grow(count, random);
    this.cumulativeShares = shares(rankOffset, rankPower, random);
  }

  int size() {
    return stacks.size();
  }

  int frameCount() {
    return frames.size();
  }

  PprofFrame frame(int index) {
    return frames.get(index);
  }

  int[] stack(int index) {
    return stacks.get(index);
  }

  /** Draws a stack by how often it is seen. */
  int draw(SplittableRandom random) {
    int index = Arrays.binarySearch(cumulativeShares, random.nextDouble());
    return Math.min(stacks.size() - 1, index < 0 ? -index - 1 : index);
  }

  private void addReal(Profile profile, String service) {
    Map<Long, Function> functions = new HashMap<>();
    profile.getFunctionList().forEach(function -> functions.put(function.getId(), function));
    Map<Long, List<Integer>> locations = new HashMap<>();
    for (Location location : profile.getLocationList()) {
      List<Integer> lines = new ArrayList<>();
      for (Line line : location.getLineList()) {
        Function function =
            functions.getOrDefault(line.getFunctionId(), Function.getDefaultInstance());
        lines.add(
            frame(
                profile.getStringTable((int) function.getName()),
                profile.getStringTable((int) function.getFilename()),
                (int) line.getLine(),
                service));
      }

      locations.put(location.getId(), lines);
    }

    Set<List<Integer>> seen = new HashSet<>();
    for (Sample sample : profile.getSampleList()) {
      List<Integer> stack = new ArrayList<>();
      for (long location : sample.getLocationIdList()) {
        stack.addAll(locations.getOrDefault(location, List.of()));
      }

      if (!stack.isEmpty() && seen.add(stack)) {
        stacks.add(stack.stream().mapToInt(frame -> frame).toArray());
      }
    }
  }

  private int frame(String function, String file, int line, String service) {
    boolean isOwnCode = Math.floorMod(function.hashCode() * 0x9E3779B1, 3) == 0;
    return frame(
        isOwnCode
            ? new PprofFrame("acme/" + service + "/" + function, "acme/" + file, line)
            : new PprofFrame(function, file, line));
  }

  private int frame(PprofFrame frame) {
    Integer index = frameIndexes.putIfAbsent(frame, frames.size());
    if (index == null) {
      frames.add(frame);
      return frames.size() - 1;
    }

    return index;
  }

  private void grow(int count, SplittableRandom random) {
    int realCount = stacks.size();
    // Where each frame occurs: stack and position.
    Map<Integer, List<int[]>> places = new HashMap<>();
    LongOpenHashSet seen = new LongOpenHashSet();
    for (int i = 0; i < realCount; i++) {
      int[] stack = stacks.get(i);
      seen.add(hash(stack));
      for (int j = 0; j < stack.length; j++) {
        places.computeIfAbsent(stack[j], frame -> new ArrayList<>()).add(new int[] {i, j});
      }
    }

    for (int attempt = 0; stacks.size() < count && attempt < 20 * count; attempt++) {
      int[] source = stacks.get(random.nextInt(realCount));
      int[] grown =
          random.nextBoolean()
              ? join(source, places, random)
              : vary(stacks.get(random.nextInt(stacks.size())), random);
      if (grown.length <= MAX_DEPTH && seen.add(hash(grown))) {
        stacks.add(grown);
      }
    }
  }

  /** Keeps the stack's callers from some frame on, and takes the frame's callees from another. */
  private int[] join(int[] source, Map<Integer, List<int[]>> places, SplittableRandom random) {
    int position = random.nextInt(source.length);
    List<int[]> others = places.getOrDefault(source[position], List.of());
    int[] place = others.get(random.nextInt(others.size()));
    int[] other = stacks.get(place[0]);
    int[] joined = Arrays.copyOf(other, place[1] + source.length - position);
    System.arraycopy(source, position, joined, place[1], source.length - position);
    return joined;
  }

  /** Changes one of the inner frames: another line of the function, or a closure in it. */
  private int[] vary(int[] source, SplittableRandom random) {
    int[] varied = source.clone();
    int position = random.nextInt(Math.min(MAX_VARIED_DEPTH, varied.length));
    PprofFrame frame = frames.get(varied[position]);
    String function = frame.function();
    if (random.nextBoolean() && !function.contains(".func")) {
      function += ".func" + (1 + random.nextInt(MAX_CLOSURES));
    }

    int line = frame.line() + 1 + random.nextInt(MAX_LINE_SHIFT);
    varied[position] = frame(new PprofFrame(function, frame.file(), line));
    return varied;
  }

  private static long hash(int[] stack) {
    long hash = stack.length;
    for (int frame : stack) {
      hash = XxHash64.hash(frame, hash);
    }

    return hash;
  }

  private double[] shares(double rankOffset, double rankPower, SplittableRandom random) {
    double[] shares = new double[stacks.size()];
    double sum = 0;
    for (int rank = 0; rank < shares.length; rank++) {
      double noise = Math.exp(0.8 * (random.nextDouble() - 0.5));
      sum += Math.pow(rank + 1 + rankOffset, -rankPower) * noise;
      shares[rank] = sum;
    }

    for (int rank = 0; rank < shares.length; rank++) {
      shares[rank] /= sum;
    }

    return shares;
  }
}
