/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Command line of {@link LoadGenerator}: {@code -url=http://localhost:4040 -ledger=FILE
 * [-seconds=60] [-rate=200] [-tenants=20] [-services=10] [-attempts=20] [-timeout-millis=5000]}.
 * Ends cleanly on SIGTERM, with what is in flight unacknowledged.
 */
public final class LoadGeneratorMain {

  public static void main(String[] args) throws InterruptedException {
    CommandLine line =
        CommandLine.parse(
            args,
            "url",
            "ledger",
            "seconds",
            "rate",
            "tenants",
            "services",
            "attempts",
            "timeout-millis");
    try (Ledger ledger = Ledger.open(Path.of(line.value("ledger")));
        LoadGenerator generator =
            LoadGenerator.builder(URI.create(line.value("url")), ledger)
                .profilesPerSecond(Double.parseDouble(line.value("rate", "200")))
                .tenants(Integer.parseInt(line.value("tenants", "20")))
                .servicesPerTenant(Integer.parseInt(line.value("services", "10")))
                .maxAttempts(Integer.parseInt(line.value("attempts", "20")))
                .requestTimeout(
                    Duration.ofMillis(Long.parseLong(line.value("timeout-millis", "5000"))))
                .build()) {
      Runtime.getRuntime().addShutdownHook(new Thread(generator::stop));
      System.out.println(
          generator.run(Duration.ofSeconds(Long.parseLong(line.value("seconds", "60")))));
    }
  }

  private LoadGeneratorMain() {}
}
