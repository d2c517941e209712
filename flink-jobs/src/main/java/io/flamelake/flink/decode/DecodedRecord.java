/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import io.flamelake.model.normalize.ProfileRow;
import java.util.List;

/**
 * The rows of a record.
 *
 * @param isCumulative whether the gateway marked it so
 * @param process whose profile it is, as {@link io.flamelake.flink.delta.ProcessIdentity} tells it;
 *     of cumulative ones only
 */
record DecodedRecord(List<ProfileRow> rows, boolean isCumulative, long process) {}
