/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The two encodings of a message in Connect: protobuf, and protobuf's JSON mapping. */
enum MessageCodec {
  PROTO(MediaType.create("application", "proto")) {
    @Override
    <M extends Message> M decode(byte[] body, M prototype) {
      try {
        // The body belongs to this request, so bytes fields may point into it instead of copying.
        ByteString bytes = UnsafeByteOperations.unsafeWrap(body);
        CodedInputStream in = bytes.newCodedInput();
        in.enableAliasing(true);
        Message.Builder builder = prototype.newBuilderForType();
        builder.mergeFrom(in, ExtensionRegistryLite.getEmptyRegistry());
        in.checkLastTagWas(0);
        return built(builder);
      } catch (IOException e) {
        throw invalid(prototype, e);
      }
    }

    @Override
    byte[] encode(Message message) {
      return message.toByteArray();
    }
  },

  JSON(MediaType.JSON) {
    @Override
    <M extends Message> M decode(byte[] body, M prototype) {
      if (body.length == 0) {
        throw RpcException.invalidArgument("Empty body is not JSON");
      }

      Message.Builder builder = prototype.newBuilderForType();
      // A strict decoder: the default one would replace malformed bytes silently.
      try (Reader reader =
          new InputStreamReader(
              new ByteArrayInputStream(body),
              StandardCharsets.UTF_8
                  .newDecoder()
                  .onMalformedInput(CodingErrorAction.REPORT)
                  .onUnmappableCharacter(CodingErrorAction.REPORT))) {
        PARSER.merge(reader, builder);
        return built(builder);
      } catch (CharacterCodingException e) {
        throw RpcException.invalidArgument("Invalid JSON: not UTF-8");
      } catch (IOException e) {
        throw invalid(prototype, e);
      } catch (IllegalStateException | IllegalArgumentException | StackOverflowError e) {
        // Gson throws its own runtime exceptions for some malformed documents.
        throw new RpcException(RpcCode.INVALID_ARGUMENT, "Invalid JSON", e);
      }
    }

    @Override
    byte[] encode(Message message) {
      try {
        return PRINTER.print(message).getBytes(StandardCharsets.UTF_8);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(
            "No JSON for " + message.getDescriptorForType().getFullName(), e);
      }
    }
  };

  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final MediaType mediaType;

  MessageCodec(MediaType mediaType) {
    this.mediaType = mediaType;
  }

  /** Returns the codec of a content type, whose parameters do not matter, or null. */
  static @Nullable MessageCodec find(@Nullable MediaType contentType) {
    if (contentType == null) {
      return null;
    }

    for (MessageCodec codec : values()) {
      if (contentType.type().equals(codec.mediaType.type())
          && contentType.subtype().equals(codec.mediaType.subtype())) {
        return codec;
      }
    }

    return null;
  }

  MediaType mediaType() {
    return mediaType;
  }

  /** Parses a message. The array is handed over: the message may keep pointing into it. */
  abstract <M extends Message> M decode(byte[] body, M prototype);

  abstract byte[] encode(Message message);

  @SuppressWarnings("unchecked") // A builder made by a prototype builds messages of its type.
  private static <M extends Message> M built(Message.Builder builder) {
    return (M) builder.build();
  }

  private static RpcException invalid(Message prototype, IOException cause) {
    String type = prototype.getDescriptorForType().getFullName();
    return new RpcException(
        RpcCode.INVALID_ARGUMENT, "Invalid " + type + ": " + cause.getMessage(), cause);
  }
}
