/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

/** Sets up a {@link ProfileSynthesizer}; the defaults are the hour that TABLES was measured on. */
public final class ProfileSynthesizerBuilder {

  private long seed = 42;
  private int services = 20;
  private int pods = 10;
  private double load = 1;
  private int cpuStacks = 40_000;
  private int heapStacks = 12_000;

  ProfileSynthesizerBuilder() {}

  public ProfileSynthesizerBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  public ProfileSynthesizerBuilder services(int services) {
    this.services = checkPositive("services", services);
    return this;
  }

  public ProfileSynthesizerBuilder podsPerService(int pods) {
    this.pods = checkPositive("pods", pods);
    return this;
  }

  /** How busy services are: 1 gives rows of about 190 samples, less gives shorter ones. */
  public ProfileSynthesizerBuilder load(double load) {
    if (!(load > 0)) {
      throw new IllegalArgumentException("load: " + load + " (expected: > 0)");
    }

    this.load = load;
    return this;
  }

  /** How many distinct stacks a service can show in its CPU profiles. */
  public ProfileSynthesizerBuilder cpuStacksPerService(int stacks) {
    this.cpuStacks = checkPositive("stacks", stacks);
    return this;
  }

  /** How many distinct stacks a service can show in its heap profiles. */
  public ProfileSynthesizerBuilder heapStacksPerService(int stacks) {
    this.heapStacks = checkPositive("stacks", stacks);
    return this;
  }

  public ProfileSynthesizer build() {
    return new ProfileSynthesizer(seed, services, pods, load, cpuStacks, heapStacks);
  }

  private static int checkPositive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }

    return value;
  }
}
