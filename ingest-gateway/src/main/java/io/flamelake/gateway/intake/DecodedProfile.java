/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.Pprof;

/** A pprof ready to be checked: its labels after the rules, its bytes and what they say. */
record DecodedProfile(LabelSet labels, byte[] bytes, Pprof pprof) {}
