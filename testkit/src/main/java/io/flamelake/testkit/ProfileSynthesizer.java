/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import it.unimi.dsi.fastutil.ints.Int2IntMap;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes the load of a fleet: services of many pods, each of which pushes a CPU profile and a heap
 * profile every 15 seconds, four profile types in all. Stacks are grown from those of the real
 * fixtures and as heavy-tailed as theirs; see {@link SyntheticStacks}.
 *
 * <p>Everything follows from the seed: the profile of a service, pod and time is the same whenever
 * and in whatever order it is asked for. Thread-safe.
 */
public final class ProfileSynthesizer {

  public static final Duration INTERVAL = Duration.ofSeconds(15);

  public static final ProfileType CPU =
      ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
  public static final ProfileType ALLOC_OBJECTS =
      ProfileType.parse("memory:alloc_objects:count:space:bytes");
  public static final ProfileType ALLOC_SPACE =
      ProfileType.parse("memory:alloc_space:bytes:space:bytes");
  public static final ProfileType INUSE_SPACE =
      ProfileType.parse("memory:inuse_space:bytes:space:bytes");

  private static final String[] ROLES = {"frontend", "broker", "gateway", "worker", "api"};
  private static final String[] NAMESPACES = {"shop", "search", "billing"};

  private static final long TICK_NANOS = 10_000_000;
  private static final long HEAP_PERIOD_BYTES = 524_288;

  // Means for a service of average load, set so that a row holds about 190 samples.
  private static final int CPU_TICKS = 190;
  private static final int ALLOCATIONS = 190;
  private static final int LIVE_OBJECTS = 165;

  /** One of so many profiles finds a live object replaced. */
  private static final int LIFETIME_STEPS = 16;

  public static ProfileSynthesizerBuilder builder() {
    return new ProfileSynthesizerBuilder();
  }

  private final long seed;
  private final int services;
  private final int pods;
  private final double load;
  private final int cpuStacks;
  private final int heapStacks;
  private final Map<Integer, Service> made = new ConcurrentHashMap<>();

  ProfileSynthesizer(
      long seed, int services, int pods, double load, int cpuStacks, int heapStacks) {
    this.seed = seed;
    this.load = load;
    this.services = services;
    this.pods = pods;
    this.cpuStacks = cpuStacks;
    this.heapStacks = heapStacks;
  }

  public int services() {
    return services;
  }

  public int podsPerService() {
    return pods;
  }

  public String serviceName(int service) {
    return String.format("svc-%02d-%s", service, ROLES[service % ROLES.length]);
  }

  /** Grows the stacks of all services now, which else happens when each is first asked for. */
  public void prepare() {
    for (int service = 0; service < services; service++) {
      service(service);
    }
  }

  /**
   * Makes what all pods push from one time to another (exclusive), in order of time. Each pod has
   * its own offset within the interval.
   */
  public void forEach(Instant from, Instant to, Consumer<SyntheticProfile> consumer) {
    long interval = INTERVAL.toMillis();
    long firstStep = Math.floorDiv(from.toEpochMilli(), interval);
    TreeMap<Long, List<int[]>> byPhase = new TreeMap<>();
    for (int service = 0; service < services; service++) {
      for (int pod = 0; pod < pods; pod++) {
        long phase = Math.floorMod(random(1, service, pod, 0).nextLong(), interval);
        byPhase.computeIfAbsent(phase, key -> new ArrayList<>()).add(new int[] {service, pod});
      }
    }

    for (long step = firstStep; step * interval < to.toEpochMilli(); step++) {
      for (Map.Entry<Long, List<int[]>> entry : byPhase.entrySet()) {
        Instant time = Instant.ofEpochMilli(step * interval + entry.getKey());
        if (time.isBefore(from) || !time.isBefore(to)) {
          continue;
        }

        for (int[] pod : entry.getValue()) {
          consumer.accept(cpuProfile(pod[0], pod[1], time));
          consumer.accept(heapProfile(pod[0], pod[1], time));
        }
      }
    }
  }

  /** The CPU profile of one pod: one sample type. */
  public SyntheticProfile cpuProfile(int service, int pod, Instant time) {
    Service stacks = service(service);
    SplittableRandom random = random(2, service, pod, time.toEpochMilli());
    int ticks = poisson(CPU_TICKS * stacks.load * wave(time), random);
    Int2IntOpenHashMap counts = draw(stacks.cpu, ticks, random);

    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(TICK_NANOS)
            .timeNanos(nanos(time))
            .durationNanos(INTERVAL.toNanos());
    Locations locations = new Locations(pprof, stacks.cpu);
    for (Int2IntMap.Entry entry : counts.int2IntEntrySet()) {
      pprof.addSample(
          locations.of(entry.getIntKey()), LabelSet.EMPTY, entry.getIntValue() * TICK_NANOS);
    }

    return new SyntheticProfile(
        labels(service, pod).with("__name__", CPU.name()),
        time,
        pprof.toByteArray(),
        Map.of(CPU, ticks * TICK_NANOS),
        counts.size());
  }

  /** The heap profile of one pod: three sample types, of which most samples have one or two. */
  public SyntheticProfile heapProfile(int service, int pod, Instant time) {
    Service stacks = service(service);
    SplittableRandom random = random(3, service, pod, time.toEpochMilli());
    int allocations = poisson(ALLOCATIONS * stacks.load * wave(time), random);
    Int2IntOpenHashMap allocated = draw(stacks.heap, allocations, random);
    Int2IntOpenHashMap live = live(stacks, service, pod, time);

    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("alloc_objects", "count")
            .addSampleType("alloc_space", "bytes")
            .addSampleType("inuse_space", "bytes")
            .periodType("space", "bytes")
            .period(HEAP_PERIOD_BYTES)
            .timeNanos(nanos(time))
            .durationNanos(INTERVAL.toNanos());
    Locations locations = new Locations(pprof, stacks.heap);
    long[] totals = new long[3];
    Int2IntOpenHashMap all = new Int2IntOpenHashMap(allocated);
    live.keySet().forEach((int stack) -> all.putIfAbsent(stack, 0));
    for (int stack : all.keySet()) {
      long size = stacks.objectSize(stack);
      // What the heap sampler counted stands for more objects the smaller they are.
      double scale = 1 / (1 - Math.exp(-(double) size / HEAP_PERIOD_BYTES));
      long objects = (long) (allocated.get(stack) * scale);
      long liveBytes = (long) (live.get(stack) * scale) * size;
      pprof.addSample(locations.of(stack), LabelSet.EMPTY, objects, objects * size, liveBytes);
      totals[0] += objects;
      totals[1] += objects * size;
      totals[2] += liveBytes;
    }

    return new SyntheticProfile(
        labels(service, pod).with("__name__", ALLOC_SPACE.name()).with("__delta__", "false"),
        time,
        pprof.toByteArray(),
        Map.of(ALLOC_OBJECTS, totals[0], ALLOC_SPACE, totals[1], INUSE_SPACE, totals[2]),
        2 * allocated.size() + live.size());
  }

  private LabelSet labels(int service, int pod) {
    String name = serviceName(service);
    String hash = Long.toString(random(4, service, pod, 0).nextLong() >>> 40, 36);
    return LabelSet.of(
        "service_name",
        name,
        "namespace",
        NAMESPACES[service % NAMESPACES.length],
        "pod",
        name + "-" + pod + "-" + hash,
        "node",
        "node-" + Math.floorMod(hash.hashCode(), 40),
        "region",
        pod % 2 == 0 ? "eu-west-1" : "us-east-1");
  }

  private Service service(int service) {
    return made.computeIfAbsent(service, this::newService);
  }

  private Service newService(int service) {
    SplittableRandom random = random(0, service, 0, 0);
    List<byte[]> cpu =
        switch (service % ROLES.length) {
          case 0 -> List.of(TestProfiles.nodeWall(), TestProfiles.goCpu());
          case 1 -> List.of(TestProfiles.javaCpu());
          case 2 -> List.of(TestProfiles.goCpu(), TestProfiles.goCpuWithLabels());
          case 3 -> List.of(TestProfiles.pythonCpu(), TestProfiles.javaCpu());
          default -> List.of(TestProfiles.goCpu());
        };
    List<byte[]> heap =
        service % ROLES.length == 1
            ? List.of(TestProfiles.javaAlloc())
            : List.of(TestProfiles.goHeap(), TestProfiles.nodeHeap());
    String name = serviceName(service);
    return new Service(
        new SyntheticStacks(cpu, name, cpuStacks, 120, 1.42, random),
        new SyntheticStacks(heap, name, heapStacks, 60, 1.35, random),
        load * Math.exp(1.2 * (random.nextDouble() - 0.5)),
        random.nextLong());
  }

  /** The live objects: each keeps its stack for a while, and no two are replaced at once. */
  private Int2IntOpenHashMap live(Service stacks, int service, int pod, Instant time) {
    long step = Math.floorDiv(time.toEpochMilli(), INTERVAL.toMillis());
    int count = (int) (LIVE_OBJECTS * stacks.load);
    Int2IntOpenHashMap live = new Int2IntOpenHashMap();
    for (int object = 0; object < count; object++) {
      long generation = Math.floorDiv(step + object, LIFETIME_STEPS);
      long identity = mix(object * 1_000_003L + generation);
      live.addTo(stacks.heap.draw(random(5, service, pod, identity)), 1);
    }

    return live;
  }

  private static Int2IntOpenHashMap draw(
      SyntheticStacks stacks, int draws, SplittableRandom random) {
    Int2IntOpenHashMap counts = new Int2IntOpenHashMap();
    for (int i = 0; i < draws; i++) {
      counts.addTo(stacks.draw(random), 1);
    }

    return counts;
  }

  private SplittableRandom random(int purpose, int service, int pod, long moment) {
    long identity = mix(seed * 31 + purpose);
    identity = mix(identity ^ service);
    identity = mix(identity ^ pod);
    return new SplittableRandom(mix(identity ^ moment));
  }

  /** Load goes up and down by a third within some ten minutes. */
  private static double wave(Instant time) {
    return 1 + 0.3 * Math.sin(time.getEpochSecond() / 600.0);
  }

  /** At least one, as a profile without samples is not pushed. */
  private static int poisson(double mean, SplittableRandom random) {
    // Normal approximation by twelve uniform draws; means are in the hundreds.
    double normal = -6;
    for (int i = 0; i < 12; i++) {
      normal += random.nextDouble();
    }

    return (int) Math.max(1, Math.round(mean + Math.sqrt(mean) * normal));
  }

  private static long nanos(Instant time) {
    return TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli());
  }

  private static long mix(long value) {
    long result = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    result = (result ^ (result >>> 27)) * 0x94D049BB133111EBL;
    return result ^ (result >>> 31);
  }

  private record Service(SyntheticStacks cpu, SyntheticStacks heap, double load, long sizeSeed) {

    /** The size of the objects that a stack allocates: mostly small, some of megabytes. */
    long objectSize(int stack) {
      SplittableRandom random = new SplittableRandom(mix(sizeSeed + stack));
      double exponent = 4 + 16 * Math.pow(random.nextDouble(), 3);
      return 8 * Math.round(Math.pow(2, exponent) / 8);
    }
  }

  /** Locations of one pprof by the frames of the service. */
  private static final class Locations {
    private final PprofBuilder pprof;
    private final SyntheticStacks stacks;
    private final int[] byFrame;

    Locations(PprofBuilder pprof, SyntheticStacks stacks) {
      this.pprof = pprof;
      this.stacks = stacks;
      this.byFrame = new int[stacks.frameCount()];
    }

    int[] of(int stack) {
      int[] locations = stacks.stack(stack).clone();
      for (int i = 0; i < locations.length; i++) {
        int frame = locations[i];
        if (byFrame[frame] == 0) {
          PprofFrame source = stacks.frame(frame);
          byFrame[frame] = pprof.location(source.function(), source.file(), source.line());
        }

        locations[i] = byFrame[frame];
      }

      return locations;
    }
  }
}
