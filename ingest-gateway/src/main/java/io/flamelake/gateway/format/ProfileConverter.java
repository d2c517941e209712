/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.rpc.RpcException;
import java.util.List;

/** Makes pprof of one upload. Thread-safe, CPU-bound. */
public interface ProfileConverter {

  /**
   * Converts the upload.
   *
   * @return none if the upload has no sample
   * @throws MalformedProfileException if the upload is not of the format
   * @throws RpcException {@code unavailable} if there is no memory for the conversion, {@code
   *     canceled} if nobody waits for it any more
   */
  List<ConvertedProfile> convert(byte[] upload, UploadContext context);
}
