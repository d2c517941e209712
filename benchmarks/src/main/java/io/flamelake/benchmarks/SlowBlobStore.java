/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Keeps who puts an object waiting as S3 does: log-normal, 60 ms at the median, 200 ms at p99. */
final class SlowBlobStore extends ForwardingBlobStore {
  private static final double MEDIAN_MILLIS = 60;
  private static final double P99_MILLIS = 200;

  /** Where the normal distribution has its p99, in standard deviations. */
  private static final double P99_DEVIATIONS = 2.3263;

  private static final double SIGMA = Math.log(P99_MILLIS / MEDIAN_MILLIS) / P99_DEVIATIONS;

  /** The same latencies in each run. */
  private final Random random = new Random(42);

  SlowBlobStore(BlobStore store) {
    super(store);
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
    long end = System.nanoTime() + nextNanos();
    PutObjectResponse response = super.putBlob(request, content);
    try {
      TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }

    return response;
  }

  private synchronized long nextNanos() {
    return (long) (MEDIAN_MILLIS * Math.exp(SIGMA * random.nextGaussian()) * 1e6);
  }
}
