/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.model.Label;
import java.util.List;

/**
 * One profile of an upload.
 *
 * @param app the application without what its name said about the profile's type
 * @param name the first part of the profile type
 * @param labels what the upload adds to the labels that the client gave
 * @param pprof uncompressed
 */
public record ConvertedProfile(String app, String name, List<Label> labels, byte[] pprof) {

  public ConvertedProfile {
    labels = List.copyOf(labels);
  }
}
