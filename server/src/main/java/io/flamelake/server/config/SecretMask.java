/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.regex.Pattern;

/** Takes what must stay secret out of configuration that is shown. */
final class SecretMask {
  static final String MASK = "********";

  private static final String SECRET_WORDS =
      "secret|passw|token|credential|access-key|accesskey|api-key|apikey|private-key|sas";

  /** Whatever a property of an object store, a catalog or a driver is called. */
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?:" + SECRET_WORDS + ")", Pattern.CASE_INSENSITIVE);

  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]*@");
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile(
          "([?&;][^=&;]*(?:" + SECRET_WORDS + ")[^=&;]*=)[^&;]*", Pattern.CASE_INSENSITIVE);

  private SecretMask() {}

  /** The text, or what can be shown of it. */
  static String mask(String key, String text) {
    if (text.isEmpty()) {
      return text;
    }

    if (SECRET_KEY.matcher(key).find()) {
      return MASK;
    }

    String withoutUser = USER_INFO.matcher(text).replaceAll(MASK + "@");
    return SECRET_PARAMETER.matcher(withoutUser).replaceAll("$1" + MASK);
  }
}
