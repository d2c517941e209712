// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// A program that serves its CPU profile where Go programs do, on a port of its own, which it prints.
'use strict';

const http = require('node:http');
const pprof = require('@datadog/pprof');

function burnCpu() {
  let sum = 0;
  for (let i = 0; i < 2e6; i++) {
    sum += Math.sqrt(i) % 7;
  }
  return sum;
}

setInterval(burnCpu, 20);

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname !== '/debug/pprof/profile') {
    response.writeHead(404).end();
    return;
  }
  try {
    const durationMillis = 1000 * Number(url.searchParams.get('seconds') ?? 1);
    const profile = await pprof.time.profile({durationMillis});
    response.writeHead(200, {'content-type': 'application/octet-stream'});
    response.end(await pprof.encode(profile));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
