/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import io.flamelake.rpc.RpcException;

/**
 * A profile that was not stored.
 *
 * @param seriesIndex position of its series in the request
 * @param profileIndex position of the profile in its series
 * @param profileId the client's id or, where it gave none, the gateway's
 * @param error what the client is told
 */
public record PushFailure(int seriesIndex, int profileIndex, String profileId, RpcException error) {

  public String message() {
    return "push series with index %d and id %s failed: %s"
        .formatted(seriesIndex, profileId, error.message());
  }
}
