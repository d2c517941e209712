// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// What is shown, kept in the URL so that a link shows the same and "back" goes back.

const RELATIVE = /^now-(\d+)([smhd])$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 };

const DEFAULTS = {
  service: '',
  type: '',
  selector: '',
  from: 'now-15m',
  until: 'now',
  search: '',
  path: [],
};

export function readState() {
  const parameters = new URLSearchParams(location.search);
  const state = { ...DEFAULTS };
  for (const key of ['service', 'type', 'selector', 'from', 'until', 'search']) {
    state[key] = parameters.get(key) ?? DEFAULTS[key];
  }
  state.path = parameters.getAll('frame');
  if (timeOf(state.from, 0) === null || timeOf(state.until, 0) === null) {
    state.from = DEFAULTS.from;
    state.until = DEFAULTS.until;
  }
  return state;
}

/** Writes the state into the URL; `push` makes a step that "back" undoes. */
export function writeState(state, push) {
  const parameters = new URLSearchParams();
  for (const key of ['service', 'type', 'selector', 'from', 'until', 'search']) {
    if (state[key] !== DEFAULTS[key]) {
      parameters.set(key, state[key]);
    }
  }
  // A very deep zoom is left out of the link: servers and chats cut URLs off at about 2,000.
  if (state.path.join('').length < 1200) {
    for (const frame of state.path) {
      parameters.append('frame', frame);
    }
  }
  const query = parameters.toString();
  const url = query === '' ? location.pathname : `${location.pathname}?${query}`;
  if (url === location.pathname + location.search) {
    return;
  }
  if (push) {
    history.pushState(null, '', url);
  } else {
    history.replaceState(null, '', url);
  }
}

/** Returns the range of a state in milliseconds. */
export function rangeOf(state, now) {
  return { start: timeOf(state.from, now), end: timeOf(state.until, now) };
}

/** Returns the name of the relative range (`15m`), or `custom`. */
export function rangeName(state) {
  const match = RELATIVE.exec(state.from);
  return match !== null && state.until === 'now' ? match[1] + match[2] : 'custom';
}

function timeOf(text, now) {
  if (text === 'now') {
    return now;
  }
  const match = RELATIVE.exec(text);
  if (match !== null) {
    return now - Number(match[1]) * SECONDS[match[2]] * 1000;
  }
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
