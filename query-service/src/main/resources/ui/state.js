// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// What is shown, kept in the URL so that a link shows the same and "back" goes back.

const RELATIVE = /^now-(\d+)([smhd])$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 };
// Servers take 64 KiB, but chats and proxies cut URLs off earlier; a deeper zoom is left out.
const MAX_PATH_CHARS = 6000;

/**
 * One side's question.
 *
 * @typedef {{service: string, type: string, selector: string, from: string, until: string}} Selection
 */
const SELECTION = { service: '', type: '', selector: '', from: 'now-15m', until: 'now' };

const SHARED = {
  view: 'single',
  group: '',
  search: '',
  filter: '',
  sort: '',
  measure: 'total',
  layout: 'both',
  tenant: '',
  theme: '',
};

const CHOICES = {
  view: ['single', 'compare', 'diff'],
  measure: ['total', 'self'],
  layout: ['flame', 'both', 'table'],
  theme: ['', 'light', 'dark'],
};

/**
 * Reads the state of the page from its URL. `right` is null until it differs from `left`; an
 * empty service or type on the right is the left's.
 */
export function readState() {
  const parameters = new URLSearchParams(location.search);
  const state = { ...SHARED };
  for (const key of Object.keys(SHARED)) {
    const value = parameters.get(key) ?? SHARED[key];
    state[key] = (CHOICES[key] ?? [value]).includes(value) ? value : SHARED[key];
  }
  state.left = readSelection(parameters, '', SELECTION);
  const hasRight = [...parameters.keys()].some((key) => key.startsWith('right-'));
  state.right = hasRight ? readSelection(parameters, 'right-', { ...state.left, type: '' }) : null;
  state.path = parameters.getAll('frame');
  state.callSite = parameters.getAll('site');
  return state;
}

/** Writes the state into the URL; `push` makes a step that "back" undoes. */
export function writeState(state, push) {
  const parameters = new URLSearchParams();
  for (const key of Object.keys(SHARED)) {
    if (state[key] !== SHARED[key]) {
      parameters.set(key, state[key]);
    }
  }
  writeSelection(parameters, '', state.left, SELECTION);
  if (state.right !== null && state.view !== 'single') {
    writeSelection(parameters, 'right-', state.right, { ...state.left, type: '' });
  }
  appendPath(parameters, 'frame', state.path);
  appendPath(parameters, 'site', state.callSite);
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

/** Returns the selections that the view shows, by the name of their side. */
export function selectionsOf(state) {
  if (state.view === 'single') {
    return { left: state.left };
  }
  const right = { ...(state.right ?? state.left) };
  right.service ||= state.left.service;
  if (right.type === '' || state.view === 'diff') {
    right.type = state.left.type;
  }
  return { left: state.left, right };
}

/** Returns the range of a selection in milliseconds. */
export function rangeOf(selection, now) {
  return { start: timeOf(selection.from, now), end: timeOf(selection.until, now) };
}

/** Returns the name of the relative range (`15m`), or `custom`. */
export function rangeName(selection) {
  const match = RELATIVE.exec(selection.from);
  return match !== null && selection.until === 'now' ? match[1] + match[2] : 'custom';
}

function readSelection(parameters, prefix, defaults) {
  const selection = {};
  for (const key of Object.keys(SELECTION)) {
    selection[key] = parameters.get(prefix + key) ?? defaults[key];
  }
  if (timeOf(selection.from, 0) === null || timeOf(selection.until, 0) === null) {
    selection.from = defaults.from;
    selection.until = defaults.until;
  }
  return selection;
}

function writeSelection(parameters, prefix, selection, defaults) {
  for (const key of Object.keys(SELECTION)) {
    if (selection[key] !== defaults[key]) {
      parameters.set(prefix + key, selection[key]);
    }
  }
}

function appendPath(parameters, key, names) {
  if (encodeURIComponent(names.join('')).length < MAX_PATH_CHARS) {
    for (const name of names) {
      parameters.append(key, name);
    }
  }
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
