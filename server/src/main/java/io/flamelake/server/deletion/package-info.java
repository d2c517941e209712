/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Requests to delete data: over HTTP, and from the command line.
 *
 * <p>Starting points: {@link io.flamelake.server.deletion.DeletionApi} and {@link
 * io.flamelake.server.deletion.DeleteCommand}.
 */
@NullMarked
package io.flamelake.server.deletion;

import org.jspecify.annotations.NullMarked;
