/**
 * What tests and benchmarks share: real and synthetic profiles, a brute-force oracle for them, a
 * load generator and the ledger that proves nothing was lost, doubled or misplaced, and real
 * servers of Trino and S3.
 *
 * <p>Starting points: {@link io.flamelake.testkit.TestProfiles}, {@link
 * io.flamelake.testkit.BruteForce}, {@link io.flamelake.testkit.LoadGenerator}, {@link
 * io.flamelake.testkit.LedgerChecker}, {@link io.flamelake.testkit.TrinoServer}.
 */
@NullMarked
package io.flamelake.testkit;

import org.jspecify.annotations.NullMarked;
