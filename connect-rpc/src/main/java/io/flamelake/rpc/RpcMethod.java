/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;

/** One unary method: its messages and what answers it. */
record RpcMethod<Q extends Message, R extends Message>(
    String name, Q requestPrototype, R responsePrototype, RpcHandler<Q, R> handler) {}
