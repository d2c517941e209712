/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

/** Label names that have a meaning of their own. */
public final class LabelNames {

  public static final String SERVICE_NAME = "service_name";

  /**
   * What kind of profile was pushed ({@code process_cpu}, {@code memory}); first part of a type.
   */
  public static final String NAME = "__name__";

  // Derived from the profile type when a series is read, never stored with the labels.
  public static final String PROFILE_TYPE = "__profile_type__";
  public static final String TYPE = "__type__";
  public static final String UNIT = "__unit__";
  public static final String PERIOD_TYPE = "__period_type__";
  public static final String PERIOD_UNIT = "__period_unit__";
  public static final String SERVICE_NAME_PRIVATE = "__service_name__";

  // Instructions to the server, dropped before storing.
  public static final String DELTA = "__delta__";
  public static final String SESSION_ID = "__session_id__";

  private LabelNames() {}
}
