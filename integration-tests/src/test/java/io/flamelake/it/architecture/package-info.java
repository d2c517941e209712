/** The architecture as tests: who may see whom, and how tests are named. */
@NullMarked
package io.flamelake.it.architecture;

import org.jspecify.annotations.NullMarked;
