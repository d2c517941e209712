/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceProto;
import io.opentelemetry.proto.profiles.v1development.ProfilesProto;
import java.util.List;
import java.util.Map;

/**
 * Writes exports in the layout of opentelemetry-proto 1.9: with the descriptors of 1.10, in which
 * three fields of samples have the numbers that they had there.
 */
public final class OldLayout {

  private static final Map<String, Integer> SAMPLE_FIELDS =
      Map.of("values", 2, "attribute_indices", 3, "link_index", 4);

  private static final Descriptor REQUEST = request();

  private OldLayout() {}

  public static byte[] toByteArray(ExportProfilesServiceRequest export) {
    return copy(export, REQUEST).toByteArray();
  }

  private static Message copy(Message from, Descriptor type) {
    DynamicMessage.Builder to = DynamicMessage.newBuilder(type);
    from.getAllFields()
        .forEach(
            (field, value) -> {
              FieldDescriptor target = type.findFieldByName(field.getName());
              to.setField(target, copy(field, value, target));
            });
    return to.build();
  }

  private static Object copy(FieldDescriptor field, Object value, FieldDescriptor target) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return value;
    }

    if (field.isRepeated()) {
      return ((List<?>) value)
          .stream().map(element -> copy((Message) element, target.getMessageType())).toList();
    }

    return copy((Message) value, target.getMessageType());
  }

  private static Descriptor request() {
    try {
      FileDescriptor profiles = withOldSamples(ProfilesProto.getDescriptor());
      FileDescriptor service =
          FileDescriptor.buildFrom(
              ProfilesServiceProto.getDescriptor().toProto(), new FileDescriptor[] {profiles});
      return service.findMessageTypeByName("ExportProfilesServiceRequest");
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FileDescriptor withOldSamples(FileDescriptor file)
      throws DescriptorValidationException {
    FileDescriptorProto.Builder changed = file.toProto().toBuilder();
    for (DescriptorProto.Builder message : changed.getMessageTypeBuilderList()) {
      if (message.getName().equals("Sample")) {
        for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
          field.setNumber(SAMPLE_FIELDS.getOrDefault(field.getName(), field.getNumber()));
        }
      }
    }

    return FileDescriptor.buildFrom(
        changed.build(), file.getDependencies().toArray(new FileDescriptor[0]));
  }
}
