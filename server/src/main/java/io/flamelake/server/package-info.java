/**
 * The main program: reads the configuration, wires gateway, ingest job and querier on one port, and
 * ends them in order.
 *
 * <p>Starting points: {@link io.flamelake.server.Flamelake}, {@link
 * io.flamelake.server.FlamelakeServer}.
 */
@NullMarked
package io.flamelake.server;

import org.jspecify.annotations.NullMarked;
