/** Whole-system tests: push to flame graph, ledgers under faults, open tables, the web page. */
@NullMarked
package io.flamelake.it;

import org.jspecify.annotations.NullMarked;
