/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.MediaType;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A form that is never read to its end keeps a worker for good, so all tests run against time. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class UploadFormTest {

  private static final String BOUNDARY = "cut--here";
  private static final MediaType TYPE =
      MediaType.parse("multipart/form-data; boundary=\"" + BOUNDARY + "\"");

  @Test
  void readsWithoutHelpFromEventLoops() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    List<Future<Void>> busy = new ArrayList<>();
    for (EventExecutor eventLoop : CommonPools.workerGroup()) {
      busy.add(
          eventLoop.submit(
              () -> {
                read.await();
                return null;
              }));
    }

    try {
      UploadForm form = read(form(Map.of("jfr", bytes("recording"), "labels", bytes("names"))));

      assertThat(form.field("jfr")).asString(UTF_8).isEqualTo("recording");
      assertThat(form.field("labels")).asString(UTF_8).isEqualTo("names");
    } finally {
      read.countDown();
    }

    for (Future<Void> end : busy) {
      end.get();
    }
  }

  @Test
  void readsManyFormsAtOnce() throws Exception {
    int readers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(readers);
    List<Future<?>> ends = new ArrayList<>();
    for (int reader = 0; reader < readers; reader++) {
      SplittableRandom random = new SplittableRandom(reader);
      ends.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  checkReads(randomFields(random));
                }
              }));
    }

    threads.shutdown();
    for (Future<?> end : ends) {
      end.get();
    }

    assertThat(threads.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesFormsThatEndTooEarly() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    addField(out, "jfr", bytes("recording\r\n--cut"));
    addField(out, "labels", new byte[0]);
    end(out);
    byte[] form = out.toByteArray();
    int closed = form.length - "\r\n".length();
    for (int length = 1; length < closed; length++) {
      byte[] start = Arrays.copyOf(form, length);
      assertThatIllegalArgumentException()
          .as("The first %d bytes", length)
          .isThrownBy(() -> read(start))
          .withMessageStartingWith("Malformed multipart body");
    }

    assertThat(read(Arrays.copyOf(form, closed)).field("labels")).isEmpty();
  }

  @Test
  void refusesFormsWithoutABoundary() {
    MediaType type = MediaType.parse("multipart/form-data");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> UploadForm.read(new byte[0], type, reservation()))
        .withMessage("multipart/form-data without a boundary");
  }

  @Test
  void takesTheFirstOfTwoFieldsOfOneName() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    addField(out, "profile", bytes("first"));
    addField(out, "profile", bytes("second"));
    end(out);

    UploadForm form = read(out.toByteArray());

    assertThat(form.field("profile")).asString(UTF_8).isEqualTo("first");
    assertThat(form.findField("labels")).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> form.field("labels"))
        .withMessage("The form has no field labels");
  }

  private static void checkReads(Map<String, byte[]> fields) {
    UploadForm form = read(form(fields));
    fields.forEach((name, content) -> assertThat(form.field(name)).isEqualTo(content));
  }

  /** Up to four fields, with contents that look like boundaries in parts. */
  private static Map<String, byte[]> randomFields(SplittableRandom random) {
    byte[] alphabet = bytes("\r\n--cuther" + '\0');
    Map<String, byte[]> fields = new LinkedHashMap<>();
    int count = 1 + random.nextInt(4);
    while (fields.size() < count) {
      byte[] content = new byte[random.nextInt(random.nextBoolean() ? 40 : 4_000)];
      for (int i = 0; i < content.length; i++) {
        content[i] = alphabet[random.nextInt(alphabet.length)];
      }

      fields.put("field-" + fields.size(), content);
    }

    return fields;
  }

  private static UploadForm read(byte[] body) {
    return UploadForm.read(body, TYPE, reservation());
  }

  private static Reservation reservation() {
    return new MemoryBudget(1 << 20).open();
  }

  private static byte[] form(Map<String, byte[]> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    fields.forEach((name, content) -> addField(out, name, content));
    end(out);
    return out.toByteArray();
  }

  private static void addField(ByteArrayOutputStream out, String name, byte[] content) {
    out.writeBytes(
        bytes(
            "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n"
                .formatted(BOUNDARY, name)));
    out.writeBytes(content);
    out.writeBytes(bytes("\r\n"));
  }

  private static void end(ByteArrayOutputStream out) {
    out.writeBytes(bytes("--" + BOUNDARY + "--\r\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
