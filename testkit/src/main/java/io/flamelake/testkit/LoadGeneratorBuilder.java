/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sets up a {@link LoadGenerator}; the defaults are the load of the fault tests. */
public final class LoadGeneratorBuilder {

  final URI server;
  final Ledger ledger;
  int tenants = 20;
  double profilesPerSecond = 200;
  Duration requestTimeout = Duration.ofSeconds(5);
  int maxAttempts = 20;
  Duration retryDelay = Duration.ofMillis(200);
  int maxConcurrentRequests = 256;
  Clock clock = Clock.systemUTC();
  private int servicesPerTenant = 10;
  private @Nullable ProfileSynthesizer synthesizer;

  LoadGeneratorBuilder(URI server, Ledger ledger) {
    this.server = requireNonNull(server, "server");
    this.ledger = requireNonNull(ledger, "ledger");
  }

  /** How many tenants push, named {@code tenant-0} and on; zero pushes without a tenant header. */
  public LoadGeneratorBuilder tenants(int tenants) {
    if (tenants < 0) {
      throw new IllegalArgumentException("tenants: " + tenants + " (expected: >= 0)");
    }

    this.tenants = tenants;
    return this;
  }

  public LoadGeneratorBuilder servicesPerTenant(int servicesPerTenant) {
    this.servicesPerTenant = (int) checkPositive("servicesPerTenant", servicesPerTenant);
    return this;
  }

  public LoadGeneratorBuilder profilesPerSecond(double profilesPerSecond) {
    this.profilesPerSecond = checkPositive("profilesPerSecond", profilesPerSecond);
    return this;
  }

  /** How long one try may take; the connection has as long to be made. */
  public LoadGeneratorBuilder requestTimeout(Duration requestTimeout) {
    checkPositive("requestTimeout", requestTimeout.toNanos());
    this.requestTimeout = requestTimeout;
    return this;
  }

  /** How often a request is tried, with the same ids. */
  public LoadGeneratorBuilder maxAttempts(int maxAttempts) {
    this.maxAttempts = (int) checkPositive("maxAttempts", maxAttempts);
    return this;
  }

  /** The pause before the second try; the third has to wait for two of them, and so on. */
  public LoadGeneratorBuilder retryDelay(Duration retryDelay) {
    this.retryDelay = requireNonNull(retryDelay, "retryDelay");
    return this;
  }

  public LoadGeneratorBuilder maxConcurrentRequests(int maxConcurrentRequests) {
    this.maxConcurrentRequests =
        (int) checkPositive("maxConcurrentRequests", maxConcurrentRequests);
    return this;
  }

  /** What the profiles' times are taken from. */
  public LoadGeneratorBuilder clock(Clock clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** The profiles to push, in place of smaller ones that suit fault tests. */
  public LoadGeneratorBuilder synthesizer(ProfileSynthesizer synthesizer) {
    this.synthesizer = requireNonNull(synthesizer, "synthesizer");
    return this;
  }

  public LoadGenerator build() {
    return new LoadGenerator(this);
  }

  ProfileSynthesizer synthesizer() {
    if (synthesizer != null) {
      return synthesizer;
    }

    return ProfileSynthesizer.builder()
        .services(servicesPerTenant)
        .podsPerService(3)
        .load(0.15)
        .cpuStacksPerService(2_000)
        .heapStacksPerService(1_000)
        .build();
  }

  private static double checkPositive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }

    return value;
  }
}
