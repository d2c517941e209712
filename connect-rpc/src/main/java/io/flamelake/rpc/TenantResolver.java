/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.TenantId;
import java.util.List;

/** Says for whom a request of one service speaks. */
@FunctionalInterface
interface TenantResolver {

  /**
   * @return at least one tenant
   * @throws RpcException if the headers name none, or one that may not be
   */
  List<TenantId> resolve(RequestHeaders headers);
}
