/**
 * The write side: accepts profiles, validates them, and hands them over to the segment log.
 *
 * <p>Starting points: {@link io.flamelake.gateway.Gateway}, {@link
 * io.flamelake.gateway.intake.ProfileIntake}, {@link io.flamelake.gateway.batch.SegmentBatcher}.
 */
@NullMarked
package io.flamelake.gateway;

import org.jspecify.annotations.NullMarked;
