// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Computes for some seconds while Pyroscope's npm package profiles it: burn.mjs URL SECONDS.
import Pyroscope from '@pyroscope/nodejs';

const [url, seconds] = process.argv.slice(2);

function spinNode(until) {
  let total = 0;
  while (Date.now() < until) {
    for (let i = 0; i < 10000; i++) total = (total * 31 + i) % 1000003;
  }
  return total;
}

Pyroscope.init({
  serverAddress: url,
  appName: 'sdk.node',
  tags: { zone: 'z1' },
  flushIntervalMs: 5000,
  wall: { collectCpuTime: true, samplingDurationMs: 5000 },
});
Pyroscope.start();
const end = Date.now() + 1000 * Number(seconds);

// Between the turns the client sends what it has.
function turn() {
  if (Date.now() < end) {
    spinNode(Date.now() + 100);
    setTimeout(turn, 5);
  } else {
    Pyroscope.stop().then(() => process.exit(0));
  }
}

turn();
