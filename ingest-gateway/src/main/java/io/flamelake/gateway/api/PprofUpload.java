/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import java.util.Map;

/**
 * A pprof sent to {@code /ingest}, and what the client says about its sample types.
 *
 * @param profile gzipped or plain
 * @param sampleTypeConfigs empty if the client says nothing
 */
record PprofUpload(byte[] profile, Map<String, SampleTypeConfig> sampleTypeConfigs) {

  /** Takes the whole body for the profile. */
  static PprofUpload ofBody(byte[] body) {
    return new PprofUpload(body, Map.of());
  }

  /**
   * Takes the profile from a form.
   *
   * @throws IllegalArgumentException if it has none, or what is not supported
   */
  static PprofUpload ofForm(UploadForm form) {
    byte[] profile = form.field("profile");
    if (form.findField("prev_profile") != null) {
      throw new IllegalArgumentException(
          "unsupported client version: the field prev_profile is not supported, upgrade the"
              + " client");
    }

    byte[] config = form.findField("sample_type_config");
    return new PprofUpload(profile, config == null ? Map.of() : SampleTypeConfig.parse(config));
  }
}
