/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;

/** Who pushes one kind of profile of a {@link ProfileHistory}: one pod of a tenant's service. */
public record HistorySeries(
    int index, TenantId tenant, String service, String pod, ProfileType type) {

  /** The labels to push with, {@code __name__} among them. */
  public LabelSet labels() {
    return LabelSet.of("__name__", type.name(), "pod", pod, "service_name", service);
  }
}
