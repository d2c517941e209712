/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;

/** One unary method: its answer's message and what answers it. */
record RpcMethod<R extends Message>(
    String name, R responsePrototype, EncodedMessageHandler<R> handler) {}
