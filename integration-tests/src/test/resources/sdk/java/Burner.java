/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
import io.pyroscope.labels.v2.LabelsSet;
import io.pyroscope.labels.v2.Pyroscope;

/** Computes and allocates for some seconds while Pyroscope's agent profiles it: URL SECONDS. */
public final class Burner {

  private static long sink;

  public static void main(String[] args) {
    long end = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000_000;
    LabelsSet cart = new LabelsSet("route", "/cart");
    while (System.nanoTime() < end) {
      Pyroscope.LabelsWrapper.run(cart, Burner::work);
      work();
    }

    System.out.println(sink);
  }

  private static void work() {
    for (int i = 0; i < 100; i++) {
      sink += spinJava(100_000) + allocateJava().length;
    }
  }

  private static long spinJava(int count) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total = (total * 31 + i) % 1_000_003;
    }

    return total;
  }

  private static byte[] allocateJava() {
    return new byte[100_000];
  }
}
