/**
 * Merged stack traces as call trees, and the forms in which clients draw them: flame graph, diff,
 * tree bytes, call graph in dot, collapsed stacks. The last step of the read path.
 *
 * <p>Starting points: {@link io.flamelake.model.flamegraph.CallTreeBuilder}, {@link
 * io.flamelake.model.flamegraph.FlameGraphEncoder}.
 */
@NullMarked
package io.flamelake.model.flamegraph;

import org.jspecify.annotations.NullMarked;
