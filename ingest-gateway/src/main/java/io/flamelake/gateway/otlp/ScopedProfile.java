/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import java.util.Map;

/**
 * One profile of an export, not read yet.
 *
 * @param labels the attributes of its resource and its scope; shared with their other profiles
 */
record ScopedProfile(Map<String, String> labels, Part part) {}
