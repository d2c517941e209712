/**
 * Makes the roll-ups: trees of closed hours from profiles and stacks, trees of days from those of
 * their hours, and again when what they were made of has changed.
 */
@NullMarked
package io.flamelake.flink.maintenance.rollup;

import org.jspecify.annotations.NullMarked;
