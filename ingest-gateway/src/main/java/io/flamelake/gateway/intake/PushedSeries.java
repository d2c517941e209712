/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import io.flamelake.model.Label;
import java.util.List;

/** A series as a client sends it: labels in any order, and profiles. */
public record PushedSeries(List<Label> labels, List<PushedProfile> profiles) {}
