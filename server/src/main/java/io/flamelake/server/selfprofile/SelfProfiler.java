/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.selfprofile;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.model.LabelNames;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.server.config.SelfProfilingConfig;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples the stacks of running threads and of allocations with JFR, and pushes them as two pprofs,
 * as any client would. A push that fails is logged and its profile given up: this must never hold
 * up the process it looks at.
 */
public final class SelfProfiler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfProfiler.class);

  static final String SERVICE = "flamelake";
  private static final String PUSH_PATH = "/push.v1.PusherService/Push";
  private static final String CPU_EVENT = "jdk.ExecutionSample";
  private static final String ALLOCATION_EVENT = "jdk.ObjectAllocationSample";

  /** Enough for a picture by where memory goes; each sample costs a stack walk. */
  private static final String ALLOCATION_THROTTLE = "100/s";

  /** The first push comes soon, so that the first page has something to show. */
  private static final Duration FIRST_PUSH = Duration.ofSeconds(8);

  /** What JFR keeps on disk: its events are consumed about once a second. */
  private static final Duration JFR_MAX_AGE = Duration.ofSeconds(10);

  private final SelfProfilingConfig config;
  private final WebClient client;
  private final Map<String, String> labels;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "self-profiling");
            thread.setDaemon(true);
            return thread;
          });

  private final Object lock = new Object();
  // Guarded by lock.
  private final StackCounts cpuNanos = new StackCounts();
  private final StackCounts allocatedBytes = new StackCounts();
  private Instant periodStart;

  private @Nullable RecordingStream stream;

  /**
   * @param server where to push to
   * @param labels further labels of the profiles, by name
   */
  public SelfProfiler(
      SelfProfilingConfig config, URI server, Map<String, String> labels, Clock clock) {
    this.config = config;
    this.client = WebClient.of(server);
    this.labels = labels;
    this.clock = clock;
    this.periodStart = clock.instant();
  }

  /** Starts JFR on a thread of its own, since that takes a while, and returns at once. */
  public void start() {
    timer.execute(this::startRecording);
    timer.scheduleAtFixedRate(
        this::push, FIRST_PUSH.toMillis(), config.pushInterval().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void startRecording() {
    RecordingStream recording = new RecordingStream();
    recording.setMaxAge(JFR_MAX_AGE);
    recording.setOrdered(false);
    recording.enable(CPU_EVENT).withPeriod(config.sampleInterval());
    recording.enable(ALLOCATION_EVENT).with("throttle", ALLOCATION_THROTTLE).withStackTrace();
    recording.onEvent(CPU_EVENT, this::addCpuSample);
    recording.onEvent(ALLOCATION_EVENT, this::addAllocation);
    recording.startAsync();
    synchronized (lock) {
      stream = recording;
      periodStart = clock.instant();
    }
  }

  private void addCpuSample(RecordedEvent event) {
    if (event.getStackTrace() != null) {
      synchronized (lock) {
        cpuNanos.add(event.getStackTrace(), config.sampleInterval().toNanos());
      }
    }
  }

  private void addAllocation(RecordedEvent event) {
    if (event.getStackTrace() != null) {
      synchronized (lock) {
        allocatedBytes.add(event.getStackTrace(), event.getLong("weight"));
      }
    }
  }

  private void push() {
    try {
      PushRequest request = takeRequest();
      if (request.getSeriesCount() > 0) {
        send(request);
      }
    } catch (RuntimeException e) {
      // Thrown on, it would end the timer.
      LOG.warn("Profile of this process not pushed: {}", e.toString());
    }
  }

  private PushRequest takeRequest() {
    synchronized (lock) {
      Instant now = clock.instant();
      PushRequest.Builder request = PushRequest.newBuilder();
      if (!cpuNanos.isEmpty()) {
        PprofBuilder pprof =
            newPprof(now)
                .addSampleType("cpu", "nanoseconds")
                .periodType("cpu", "nanoseconds")
                .period(config.sampleInterval().toNanos());
        cpuNanos.drainTo(pprof);
        request.addSeries(series("process_cpu", pprof));
      }

      if (!allocatedBytes.isEmpty()) {
        PprofBuilder pprof =
            newPprof(now).addSampleType("alloc_space", "bytes").periodType("space", "bytes");
        allocatedBytes.drainTo(pprof);
        request.addSeries(series("memory", pprof));
      }

      periodStart = now;
      return request.build();
    }
  }

  private PprofBuilder newPprof(Instant now) {
    return new PprofBuilder()
        .timeNanos(ChronoUnit.NANOS.between(Instant.EPOCH, now))
        .durationNanos(Duration.between(periodStart, now).toNanos());
  }

  private RawProfileSeries series(String name, PprofBuilder pprof) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    series.addLabels(label(LabelNames.NAME, name));
    series.addLabels(label(LabelNames.SERVICE_NAME, SERVICE));
    // What is pushed is taken out of the counts: allocations are those since the last push.
    series.addLabels(label(LabelNames.DELTA, "false"));
    labels.forEach((key, value) -> series.addLabels(label(key, value)));
    return series
        .addSamples(
            RawSample.newBuilder()
                .setID(UUID.randomUUID().toString())
                .setRawProfile(ByteString.copyFrom(pprof.toByteArray())))
        .build();
  }

  private static LabelPair label(String name, String value) {
    return LabelPair.newBuilder().setName(name).setValue(value).build();
  }

  private void send(PushRequest request) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.POST, PUSH_PATH)
            .add("content-type", "application/proto")
            .add("x-scope-orgid", config.tenant());
    AggregatedHttpResponse response =
        client.blocking().execute(headers.build(), request.toByteArray());
    if (!response.status().equals(HttpStatus.OK)) {
      LOG.warn("Profile of this process refused: {} {}", response.status(), response.contentUtf8());
    }
  }

  /** Ends recording; what was not pushed yet is given up. */
  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (lock) {
      if (stream != null) {
        stream.close();
        stream = null;
      }
    }
  }
}
