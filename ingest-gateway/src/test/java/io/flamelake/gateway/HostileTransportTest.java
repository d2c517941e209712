/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.sun.management.ThreadMXBean;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that are slow, endless or break off: each is got rid of, and nobody else notices. */
class HostileTransportTest {

  private static final String INGEST = "/ingest?name=app&format=pprof";
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MAX_REQUEST_BYTES = 1 << 20;

  // Types and flags of HTTP/2 frames.
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_HEADERS = 4;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;

  private final TestGateway gateway =
      new TestGateway(
          TestGateway.config()
              .withMaxBufferBytes(4 * MAX_REQUEST_BYTES)
              .withRequestTimeout(Duration.ofSeconds(2)),
          new InMemoryObjectStore());

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void givesUpOnBodiesThatDoNotCome() throws IOException {
    try (Socket socket = connect()) {
      writeText(
          socket,
          "POST "
              + INGEST
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly a beginning");
      assertServed();

      assertThat(readStatusLine(socket)).startsWith("HTTP/1.1 408 ");
    }

    assertServed();
    awaitFreedBuffers();
  }

  /** Of a call's frame so much comes at once, then a byte now and then; its stream never ends. */
  @ParameterizedTest
  @CsvSource({
    "application/grpc, 0",
    "application/grpc, 3",
    "application/grpc, 80",
    "application/grpc, 100000",
    "application/grpc-web+proto, 80"
  })
  void givesUpOnCallsWhoseMessageDoesNotCome(String contentType, int sentAtOnce) throws Exception {
    byte[] frame = grpcFrame();
    AtomicInteger sent = new AtomicInteger(Math.min(sentAtOnce, frame.length));
    HttpRequestWriter request = newCall(contentType);
    request.write(HttpData.wrap(Arrays.copyOf(frame, sent.get())));
    CompletableFuture<AggregatedHttpResponse> response = send(request);
    ScheduledFuture<?> rest =
        CommonPools.workerGroup()
            .scheduleAtFixedRate(
                () -> {
                  int position = sent.get();
                  if (position < frame.length
                      && request.tryWrite(HttpData.wrap(new byte[] {frame[position]}))) {
                    sent.incrementAndGet();
                  }
                },
                0,
                200,
                TimeUnit.MILLISECONDS);
    try {
      await(() -> assertThat(gateway.bufferBytes()).isGreaterThan(Math.min(sentAtOnce, 80)));
      assertServed();

      assertGrpcStatus(4, response.join());
      await(() -> assertThat(request.isOpen()).as("the call's stream is open").isFalse());
    } finally {
      rest.cancel(false);
    }

    assertServed();
    awaitFreedBuffers();
    assertThat(gateway.stored()).as("the neighbours").hasSize(2);
  }

  @Test
  void refusesCallsWithoutAnEnd() {
    HttpRequestWriter request = newCall("application/grpc");
    CompletableFuture<AggregatedHttpResponse> response = send(request);
    HttpData zeros = HttpData.wrap(new byte[0x8000]);
    for (int sent = 0; sent < 64 * MAX_REQUEST_BYTES && !response.isDone(); sent += 0x8000) {
      if (request.tryWrite(zeros)) {
        request.whenConsumed().handle((consumed, thrown) -> null).join();
      }
    }

    assertGrpcStatus(8, response.join());
    await(() -> assertThat(request.isOpen()).as("the call's stream is open").isFalse());
    assertServed();
    awaitFreedBuffers();
  }

  @Test
  void refusesBodiesWithoutAnEnd() throws IOException {
    try (Socket socket = connect()) {
      writeText(
          socket, "POST " + INGEST + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      byte[] data = new byte[0x8000];
      try {
        OutputStream out = socket.getOutputStream();
        for (int sent = 0; sent < 64 * MAX_REQUEST_BYTES; sent += data.length) {
          out.write("8000\r\n".getBytes(US_ASCII));
          out.write(data);
          out.write("\r\n".getBytes(US_ASCII));
        }
      } catch (SocketException e) {
        // The server has said what it has to say, and hung up.
      }

      assertThat(readStatusLine(socket)).startsWith("HTTP/1.1 413 ");
    }

    assertServed();
    awaitFreedBuffers();
  }

  @Test
  void allocatesLittleForBodiesThatInflate() {
    byte[] bomb = TestProfiles.gzip(new byte[256 * MAX_REQUEST_BYTES]);
    assertServed();
    long before = allocatedByWorkers();

    for (int i = 0; i < 4; i++) {
      AggregatedHttpResponse response =
          gateway
              .client()
              .execute(
                  RequestHeaders.of(
                      HttpMethod.POST, INGEST, HttpHeaderNames.CONTENT_ENCODING, "gzip"),
                  HttpData.wrap(bomb));
      assertThat(response.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    }

    // Besides the bytes, the answers.
    assertThat(allocatedByWorkers() - before).isLessThan(4 * (2L * MAX_REQUEST_BYTES + 200_000));
    assertServed();
    awaitFreedBuffers();
  }

  @Test
  void servesOthersBesideIdleStreams() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int connection = 0; connection < 10; connection++) {
        Socket socket = connect();
        sockets.add(socket);
        DataOutputStream out = openHttp2(socket);
        for (int stream = 0; stream <= 1000; stream++) {
          writeFrame(out, HEADERS, END_HEADERS, 2 * stream + 1, postHeaders());
        }

        out.flush();
      }

      assertServed();
      for (Socket socket : sockets) {
        assertThat(readResetOfStream(socket, 2001)).as("one too many").isEqualTo(REFUSED_STREAM);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }

    assertServed();
    awaitFreedBuffers();
  }

  @Test
  void hangsUpOnStreamsThatAreResetAtOnce() throws IOException {
    try (Socket socket = connect()) {
      DataOutputStream out = openHttp2(socket);
      // Not answered here is a time-out of the socket, which is no SocketException.
      assertThatThrownBy(
              () -> {
                for (int stream = 0; stream < 100_000; stream++) {
                  writeFrame(out, HEADERS, END_HEADERS, 2 * stream + 1, postHeaders());
                  writeFrame(out, RST_STREAM, 0, 2 * stream + 1, new byte[] {0, 0, 0, CANCEL});
                  out.flush();
                }
              })
          .isInstanceOf(SocketException.class);
    }

    assertServed();
    awaitFreedBuffers();
  }

  private void assertServed() {
    AggregatedHttpResponse response =
        gateway.push(TestGateway.series(TestProfiles.cpu().toByteArray()));
    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
  }

  private void awaitFreedBuffers() {
    await(() -> assertThat(gateway.bufferBytes()).isZero());
  }

  private static void await(ThrowingRunnable assertion) {
    Awaitility.await().atMost(Duration.ofMillis(TIMEOUT_MILLIS)).untilAsserted(assertion);
  }

  private static HttpRequestWriter newCall(String contentType) {
    return HttpRequest.streaming(
        RequestHeaders.of(
            HttpMethod.POST,
            TestGateway.PUSH,
            HttpHeaderNames.CONTENT_TYPE,
            contentType,
            "te",
            "trailers"));
  }

  private CompletableFuture<AggregatedHttpResponse> send(HttpRequest request) {
    return WebClient.builder("h2c://127.0.0.1:" + gateway.port())
        .responseTimeoutMillis(TIMEOUT_MILLIS)
        .build()
        .execute(request)
        .aggregate();
  }

  /** gRPC-Web has its trailers in the body; who refuses at once has them in the headers. */
  private static void assertGrpcStatus(int status, AggregatedHttpResponse response) {
    assertThat(response.headers() + " " + response.trailers() + " " + response.contentUtf8())
        .containsPattern("grpc-status[=:] ?" + status + "\\b");
  }

  private static byte[] grpcFrame() {
    byte[] message =
        PushRequest.newBuilder()
            .addSeries(TestGateway.series(TestProfiles.cpu().toByteArray()))
            .build()
            .toByteArray();
    assertThat(message).as("as long as the test needs").hasSizeGreaterThan(120);
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static long allocatedByWorkers() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().startsWith("gateway-worker"))
        .mapToLong(thread -> Math.max(0, threads.getThreadAllocatedBytes(thread.getThreadId())))
        .sum();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void writeText(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String readStatusLine(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
  }

  private static DataOutputStream openHttp2(Socket socket) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    writeFrame(out, SETTINGS, 0, 0, new byte[0]);
    return out;
  }

  private static void writeFrame(
      DataOutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
    byte[] frame = new byte[9 + payload.length];
    frame[0] = (byte) (payload.length >>> 16);
    frame[1] = (byte) (payload.length >>> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    frame[5] = (byte) (stream >>> 24);
    frame[6] = (byte) (stream >>> 16);
    frame[7] = (byte) (stream >>> 8);
    frame[8] = (byte) stream;
    System.arraycopy(payload, 0, frame, 9, payload.length);
    out.write(frame);
  }

  /** HPACK: {@code :method} POST and {@code :scheme} http of the static table, two literals. */
  private static byte[] postHeaders() {
    byte[] path = INGEST.getBytes(US_ASCII);
    byte[] block = new byte[2 + 2 + path.length + 3];
    block[0] = (byte) 0x83;
    block[1] = (byte) 0x86;
    block[2] = 0x04;
    block[3] = (byte) path.length;
    System.arraycopy(path, 0, block, 4, path.length);
    block[4 + path.length] = 0x01;
    block[5 + path.length] = 1;
    block[6 + path.length] = 'x';
    return block;
  }

  /** Reads frames up to the one that resets a stream, and returns the reason. */
  private static int readResetOfStream(Socket socket, int stream) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readUnsignedByte();
      int id = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      if (type == RST_STREAM && id == stream) {
        return payload[3];
      }
    }
  }
}
