/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a record component a configuration key. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigKey {
  /** The key: {@code .} groups, {@code -} joins words. Ends with {@code .*} for a map. */
  String name();

  /** The default, written as it would be in a file. */
  String defaultValue() default "";

  /** What it does, in a sentence or two of Markdown. */
  String description();
}
