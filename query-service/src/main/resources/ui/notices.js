// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { element } from './dom.js';

/** Says that there is nothing yet, and how to push a profile. */
export function showHowToPush(box, tenant) {
  const header = tenant === '' ? '' : ` \\\n  -H 'X-Scope-OrgID: ${tenant}'`;
  const base = location.origin + location.pathname.replace(/\/$/, '');
  const command = `curl --data-binary @cpu.pprof${header} \\\n  '${base}/ingest?name=my-app&format=pprof'`;
  box.replaceChildren(
    element('h2', { textContent: 'No profiles in this time range yet' }),
    element('p', {
      textContent:
        'Push one, for example a CPU profile of a Go, Java, Python or Node program in pprof format. ' +
        'It is shown here as soon as the push is answered; this page looks again by itself.',
    }),
    element('pre', { textContent: command }),
  );
  box.hidden = false;
}

/** Shows an error in the server's words, and what to do about a missing tenant. */
export function showError(box, error) {
  const status = error.status > 0 ? ` (${error.code})` : '';
  const advice =
    error.status === 401
      ? [
          element('p', {
            textContent:
              'This server keeps its tenants apart. Enter the tenant whose profiles you want to see in the ' +
              'field Tenant above: it is sent as X-Scope-OrgID with every query. Several are joined ' +
              'by |, as in team-a|team-b.',
          }),
        ]
      : [];
  box.replaceChildren(element('p', { textContent: `${error.message}${status}` }), ...advice);
  box.hidden = false;
}
