// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The page: binds the controls to the state, the state to the querier, its answers to the views.

import { QuerierClient } from './api.js';
import { DiffPalette } from './diff.js';
import { exportItems } from './exports.js';
import { Flamebearer } from './flamebearer.js';
import { Menu } from './menu.js';
import { showError, showHowToPush } from './notices.js';
import { Palette } from './palette.js';
import { ProfilePanel } from './panel.js';
import { exactSearch, searchTest } from './search.js';
import { bindShortcuts } from './shortcuts.js';
import { Side } from './side.js';
import { rangeName, rangeOf, readState, selectionsOf, writeState } from './state.js';
import { applyTheme, onSystemTheme, rememberTheme } from './theme.js';

const TENANT_KEY = 'flamelake.tenant';
const EMPTY_RETRY_MILLIS = 3000;

const $ = (id) => document.getElementById(id);

let state = withTenant(readState());
let dark = applyTheme(state.theme);
let palettes = newPalettes();
/** The decoded answers by the name of their panel, and the state's part that they answer. */
let shown = { key: '', graphs: {} };
let needsTenant = false;
let hasProfiles = true;
let loading = null;
let timer = 0;

const client = new QuerierClient(() => state.tenant);
const menu = new Menu($('menu'));
const sides = { left: newSide('left'), right: newSide('right') };
const panels = { left: newPanel('left'), right: newPanel('right') };

bindControls();
await load();

/** Changes the state and shows the result; `push` makes "back" undo it. */
function update(changes, push) {
  state = { ...state, ...changes };
  writeState(state, push);
  return apply();
}

/** Shows the state: asks the server only for what was not answered yet. */
function apply() {
  dark = applyTheme(state.theme);
  renderControls();
  if (questionKey() !== shown.key || !hasProfiles) {
    return load();
  }
  renderPanels();
  return Promise.resolve();
}

async function load() {
  loading?.abort();
  clearTimeout(timer);
  const controller = new AbortController();
  loading = controller;
  $('busy').hidden = false;
  $('main').setAttribute('aria-busy', 'true');
  renderControls();
  try {
    await query(controller.signal);
    controller.signal.throwIfAborted();
    $('error').hidden = true;
    needsTenant = false;
  } catch (e) {
    if (controller.signal.aborted) {
      return;
    }
    fail(e);
  }
  $('busy').hidden = true;
  $('main').setAttribute('aria-busy', 'false');
  renderControls();
  scheduleNext();
}

async function query(signal) {
  await Promise.all(
    Object.entries(selectionsOf(state)).map(([name, selection]) =>
      sides[name].loadServices(selection, signal),
    ),
  );
  signal.throwIfAborted();
  chooseDefaults();
  const selections = selectionsOf(state);
  hasProfiles = Object.values(selections).every(({ service, type }) => service !== '' && type !== '');
  shown = { key: questionKey(), graphs: {} };
  $('empty').hidden = hasProfiles;
  $('panels').hidden = !hasProfiles;
  for (const [name, selection] of Object.entries(selections)) {
    sides[name].showSelection(selection, {
      canShareType: name === 'right',
      sharesType: name === 'right' && (state.right ?? { type: '' }).type === '',
      typeIsFixed: name === 'right' && state.view === 'diff',
    });
    sides[name].showTimeline(hasProfiles);
    sides[name].showProblem(null);
  }
  if (!hasProfiles) {
    showHowToPush($('empty'), state.tenant);
    return;
  }
  for (const [name, selection] of Object.entries(selections)) {
    sides[name].ask(selection, state.callSite);
  }
  const answered = await Promise.all(Object.keys(selections).map((name) => loadSide(name, signal)));
  if (state.view === 'diff' && answered.every(Boolean)) {
    const message = await client.diff(sides.left.question, sides.right.question, signal);
    shown.graphs.left = Flamebearer.ofDiff(message);
    sides.left.showTotal(shown.graphs.left.leftTotal);
    sides.right.showTotal(shown.graphs.left.rightTotal);
  }
  signal.throwIfAborted();
  renderPanels();
}

/** Asks for one side's timeline and, but for a diff, flame graph. Returns whether it was answered. */
async function loadSide(name, signal) {
  const side = sides[name];
  try {
    const [message] = await Promise.all([
      state.view === 'diff' ? null : client.flameGraph(side.question, signal),
      side.loadTimeline(state.group, signal),
    ]);
    signal.throwIfAborted();
    if (message !== null) {
      shown.graphs[name] = Flamebearer.of(message);
      side.showTotal(shown.graphs[name].total);
    }
    return true;
  } catch (e) {
    // What is wrong with one side is said there, and the other one is shown.
    if (signal.aborted || e.status !== 400) {
      throw e;
    }
    side.showProblem(e);
    return false;
  }
}

function renderPanels() {
  for (const name of panelNames()) {
    const graph = shown.graphs[name];
    if (graph === undefined || graph.isEmpty) {
      panels[name].showEmpty(
        graph === undefined
          ? 'No answer: see what is wrong above.'
          : 'No profiles match: try a longer range, fewer labels, or leave the call site.',
      );
      continue;
    }
    const palette = graph.isDiff ? palettes.diff : palettes.plain;
    panels[name].show({ graph, unit: state.left.type.split(':')[2], palette, state });
  }
}

function panelNames() {
  return state.view === 'compare' ? ['left', 'right'] : ['left'];
}

/** Picks a service and a profile type where the URL names none. */
function chooseDefaults() {
  state = { ...state, left: sides.left.withDefaults(state.left) };
  if (state.view !== 'single' && state.right === null) {
    state = { ...state, right: { ...state.left, type: '' } };
  }
  if (state.right !== null && state.view === 'compare' && state.right.type !== '') {
    state = { ...state, right: sides.right.withDefaults(state.right) };
  }
  writeState(state, false);
}

function questionKey() {
  const { view, left, right, group, callSite, tenant } = state;
  return JSON.stringify([view, left, view === 'single' ? null : right, group, callSite, tenant]);
}

function renderControls() {
  for (const view of ['single', 'compare', 'diff']) {
    $(`view-${view}`).setAttribute('aria-selected', String(state.view === view));
  }
  for (const layout of ['flame', 'both', 'table']) {
    $(`layout-${layout}`).setAttribute('aria-pressed', String(state.layout === layout));
  }
  document.body.dataset.view = state.view;
  sides.right.hidden = state.view === 'single';
  panels.right.hidden = state.view !== 'compare';
  if ($('search').value !== state.search) {
    $('search').value = state.search;
  }
  $('search').setAttribute('aria-invalid', String(!isValidSearch(state.search)));
  if (document.activeElement !== $('tenant')) {
    $('tenant').value = state.tenant;
  }
  $('tenant-field').hidden = state.tenant === '' && !needsTenant;
  $('reset').disabled = state.path.length === 0;
  $('theme').textContent = dark ? '☀' : '☾';
  const { service } = state.left;
  document.title = service === '' ? 'Flamelake' : `${service} · Flamelake`;
}

function isValidSearch(text) {
  try {
    searchTest(text);
    return true;
  } catch {
    return false;
  }
}

function bindControls() {
  for (const view of ['single', 'compare', 'diff']) {
    $(`view-${view}`).addEventListener('click', () => update({ view }, true));
  }
  for (const layout of ['flame', 'both', 'table']) {
    $(`layout-${layout}`).addEventListener('click', () => update({ layout }, true));
  }
  $('search').addEventListener('input', () => update({ search: $('search').value }, false));
  $('reset').addEventListener('click', () => update({ path: [] }, true));
  $('refresh').addEventListener('click', load);
  $('every').addEventListener('change', load);
  $('theme').addEventListener('click', toggleTheme);
  $('help').addEventListener('click', () => $('keys').showModal());
  $('tenant').addEventListener('change', () => {
    const tenant = $('tenant').value.trim();
    localStorage.setItem(TENANT_KEY, tenant);
    const none = { service: '', type: '', selector: '' };
    const right = state.right && { ...state.right, ...none };
    update({ tenant, left: { ...state.left, ...none }, right, path: [], callSite: [] }, true);
  });
  addEventListener('popstate', () => {
    state = withTenant(readState());
    apply();
    recolor();
  });
  onSystemTheme(recolor);
  bindShortcuts($('keys'), [
    { keys: ['/'], says: 'Search frames', run: () => $('search').select() },
    { keys: ['t'], says: 'Table only', run: () => update({ layout: 'table' }, true) },
    { keys: ['f'], says: 'Flame graph only', run: () => update({ layout: 'flame' }, true) },
    { keys: ['b'], says: 'Both', run: () => update({ layout: 'both' }, true) },
    { keys: ['['], says: 'Earlier', run: () => shiftTime(-1) },
    { keys: [']'], says: 'Later', run: () => shiftTime(1) },
    { keys: ['r'], says: 'Refresh', run: load },
    { keys: ['d'], says: 'Dark or light', run: toggleTheme },
    { keys: ['g'], says: 'Go to the flame graph', run: () => panels.left.focusGraph() },
    { keys: ['Escape'], says: 'Empty the search; reset the zoom', run: escape },
    { keys: ['?'], says: 'This help', run: () => $('keys').showModal() },
  ]);
}

function newSide(name) {
  const root = $(name);
  root.append($('side-template').content.cloneNode(true));
  return new Side(root, client, {
    change: (changes) => update({ [name]: { ...selectionOfSide(name), ...changes } }, true),
    group: (group) => update({ group }, true),
  });
}

/** Returns a side's part of the state; before it was changed, the right one is as the left. */
function selectionOfSide(name) {
  return state[name] ?? { ...state.left, type: '' };
}

function newPanel(name) {
  const root = $(`${name}-panel`);
  root.append($('panel-template').content.cloneNode(true));
  const panel = new ProfilePanel(root, $('tooltip'), menu, {
    zoom: (path) => update({ path }, true),
    callSite: (callSite) => update({ callSite, path: callSite }, true),
    pick: (picked) => {
      const search = exactSearch(picked);
      update({ search: state.search === search ? '' : search }, true);
    },
    sort: (sort) => update({ sort }, true),
    filter: (filter) => update({ filter }, false),
    measure: (measure) => update({ measure }, true),
    exports: () => exportsOf(name, panel),
    functions: (path) => functionsOf(name, path),
  });
  return panel;
}

function exportsOf(name, panel) {
  const question = state.view === 'diff' ? null : sides[name].question;
  const { service } = selectionsOf(state)[name];
  const file = `${service}-${state.view === 'diff' ? 'diff' : question.type.split(':')[1]}`;
  return exportItems(client, question, panel.flame, file, fail);
}

/** Asks for all functions of the stacks that begin with a path; null if the server has no list. */
async function functionsOf(name, path) {
  const callSite = path.length > state.callSite.length ? path : state.callSite;
  if (state.view !== 'diff') {
    return client.functions({ ...sides[name].question, callSite });
  }
  const [left, right] = await Promise.all(
    ['left', 'right'].map((side) => client.functions({ ...sides[side].question, callSite })),
  );
  return left === null || right === null ? null : joinFunctions(left, right);
}

function joinFunctions(left, right) {
  const rows = new Map();
  for (const { name, self, total } of left) {
    rows.set(name, { name, self, total, rightSelf: 0, rightTotal: 0 });
  }
  for (const { name, self, total } of right) {
    const row = rows.get(name) ?? { name, self: 0, total: 0 };
    rows.set(name, {
      name,
      self: row.self + self,
      total: row.total + total,
      rightSelf: self,
      rightTotal: total,
    });
  }
  return [...rows.values()];
}

function escape() {
  if (state.search !== '') {
    $('search').blur();
    update({ search: '' }, false);
  } else if (state.path.length > 0) {
    update({ path: [] }, true);
  }
}

function toggleTheme() {
  const theme = dark ? 'light' : 'dark';
  rememberTheme(theme);
  update({ theme }, false);
  recolor();
}

/** Draws again what lies on canvases: style sheets do not reach them. */
function recolor() {
  dark = applyTheme(state.theme);
  palettes = newPalettes();
  renderControls();
  renderPanels();
  Object.values(sides).forEach((side) => side.timeline.redraw());
}

function newPalettes() {
  return { plain: new Palette(dark), diff: new DiffPalette(dark) };
}

/** Moves the ranges by their own length, but not beyond now. */
function shiftTime(direction) {
  const now = Date.now();
  const moved = {};
  for (const name of Object.keys(selectionsOf(state))) {
    const { start, end } = rangeOf(selectionOfSide(name), now);
    const length = end - start;
    const until = Math.min(now, end + direction * length);
    moved[name] = {
      ...selectionOfSide(name),
      from: String(Math.round(until - length)),
      until: String(Math.round(until)),
    };
  }
  update(moved, true);
}

function fail(error) {
  shown.key = '';
  needsTenant ||= error.status === 401;
  renderControls();
  showError($('error'), error);
  if (error.status === 401) {
    $('empty').hidden = true;
    $('panels').hidden = true;
    Object.values(sides).forEach((side) => side.showTimeline(false));
    $('tenant').focus();
  }
}

function scheduleNext() {
  const every = Number($('every').value) * 1000;
  // An empty page waits for the first profile, whatever the refresh is set to.
  const wait = every > 0 ? every : hasProfiles ? 0 : EMPTY_RETRY_MILLIS;
  if (wait > 0 && rangeName(state.left) !== 'custom') {
    timer = setTimeout(load, wait);
  }
}

/** A link names its tenant; without one, the tenant last used in this browser counts. */
function withTenant(read) {
  return { ...read, tenant: read.tenant || (localStorage.getItem(TENANT_KEY) ?? '') };
}
