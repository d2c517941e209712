// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The page: binds the controls to the state, the state to the querier, its answers to the views.

import { QuerierClient } from './api.js';
import { Flamebearer } from './flamebearer.js';
import { FlameGraphView } from './flamegraph.js';
import { formatPercent, formatValue } from './format.js';
import { LabelBrowser } from './labels.js';
import { Palette, shortName } from './palette.js';
import { fullSelector, parseMatchers } from './selector.js';
import { rangeName, rangeOf, readState, writeState } from './state.js';
import { FunctionTable } from './table.js';
import { stepFor, Timeline } from './timeline.js';

const TENANT_KEY = 'flamelake.tenant';
const TABLE_KEY = 'flamelake.table';
const SELF = 'flamelake';
const EMPTY_RETRY_MILLIS = 3000;

const $ = (id) => document.getElementById(id);
const scheme = matchMedia('(prefers-color-scheme: dark)');

let state = readState();
let services = new Map();
let graph = null;
let shownRange = null;
let pending = null;
let timer = 0;

const client = new QuerierClient(() => $('tenant').value.trim());
const timeline = new Timeline($('timeline'), (from, until) => {
  update({ from: String(from), until: String(until) }, true);
});
const flame = new FlameGraphView(
  { container: $('flame'), canvas: $('canvas'), spacer: $('spacer'), tooltip: $('tooltip') },
  new Palette(scheme.matches),
  ({ depth, index }) => {
    state.path = graph.pathOf(depth, index);
    writeState(state, true);
    afterZoom();
  },
);
const table = new FunctionTable($('table'), (name) => {
  setSearch($('search').value === name ? '' : name);
});
new LabelBrowser(
  { popover: $('browser'), button: $('browse'), input: $('selector') },
  {
    names: () => client.labelNames(currentRange(), scopeSelector()),
    values: (name) => client.labelValues(currentRange(), name, scopeSelector()),
  },
  () => update({ selector: $('selector').value }, true),
);

bindControls();
await load();

/** Changes the state and shows the result; `push` makes "back" undo it. */
function update(changes, push) {
  state = { ...state, ...changes };
  writeState(state, push);
  return load();
}

async function load() {
  pending?.abort();
  clearTimeout(timer);
  const controller = new AbortController();
  pending = controller;
  $('busy').hidden = false;
  try {
    await query(controller.signal);
    $('error').hidden = true;
  } catch (e) {
    if (controller.signal.aborted) {
      return;
    }
    showError(e);
  } finally {
    if (pending === controller) {
      $('busy').hidden = true;
      scheduleNext();
    }
  }
}

async function query(signal) {
  const range = currentRange();
  services = groupByService(await client.servicesAndTypes(range, signal));
  chooseDefaults();
  renderControls();
  if (state.service === '' || state.type === '') {
    showEmpty();
    return;
  }
  const selector = fullSelector(state.service, state.selector);
  const step = stepFor(range);
  const stepMillis = step * 1000;
  // Slots lie on multiples of the step, so that bars keep their height while time goes on.
  const slots = {
    start: Math.floor(range.start / stepMillis) * stepMillis,
    end: Math.ceil(range.end / stepMillis) * stepMillis,
  };
  const [message, points] = await Promise.all([
    client.flameGraph(range, state.type, selector, signal),
    client.totals(slots, state.type, selector, step, signal),
  ]);
  signal.throwIfAborted();
  shownRange = range;
  graph = new Flamebearer(message);
  if (graph.isEmpty) {
    showEmpty();
    return;
  }
  show(slots, points, step);
}

function show(slots, points, step) {
  const [name, sampleType, unit] = state.type.split(':');
  $('empty').hidden = true;
  $('timeline-panel').hidden = false;
  $('flame-panel').hidden = false;
  $('timeline-title').textContent = `${state.service} · ${typeCaption(name, sampleType)}`;
  $('timeline-note').textContent = `${formatValue(graph.total, unit)} in total, drag to zoom in`;
  $('zoom-out').hidden = rangeName(state) !== 'custom';
  timeline.show(points, slots, step, unit);
  flame.show(graph, unit, graph.findPath(state.path));
  applySearch();
  afterZoom();
}

/** Brings the breadcrumb, the table and the matched share in line with the zoom. */
function afterZoom() {
  const { depth, index } = flame.focus;
  const crumbs = graph.ancestors(depth, index).map((i, d) => {
    const button = document.createElement('button');
    button.type = 'button';
    const name = d === 0 ? 'total' : graph.name(d, i);
    button.textContent = d === 0 ? 'total' : shortName(name);
    button.title = name;
    button.addEventListener('click', () => flame.zoom(d, i));
    return button;
  });
  // The ends tell most: the root, and the frames nearest to what is shown.
  const shown = crumbs.length > 4 ? [crumbs[0], ...crumbs.slice(-3)] : crumbs;
  $('breadcrumb').replaceChildren(...shown);
  $('reset').disabled = depth === 0;
  renderMatched();
  if (!$('table').hidden) {
    table.show(graph, state.type.split(':')[2], flame.view());
  }
}

function applySearch() {
  const text = state.search;
  let test = null;
  $('search').classList.remove('invalid');
  if (text.length > 1 && text.startsWith('/') && text.endsWith('/') && text.length > 2) {
    try {
      const pattern = new RegExp(text.slice(1, -1), 'i');
      test = (name) => pattern.test(name);
    } catch {
      $('search').classList.add('invalid');
    }
  } else if (text !== '') {
    const wanted = text.toLowerCase();
    test = (name) => name.toLowerCase().includes(wanted);
  }
  // Name 0 is the root's, which is no function.
  const matches = test && Uint8Array.from(graph.names, (name, i) => (i > 0 && test(name) ? 1 : 0));
  flame.highlight(matches);
  renderMatched();
}

function renderMatched() {
  const { matches } = flame;
  if (matches === null) {
    $('matched').textContent = '';
    return;
  }
  const { from, to } = flame.view();
  const sum = graph.matchedTotal(matches, from, to);
  const unit = state.type.split(':')[2];
  $('matched').textContent = `matched ${formatPercent(sum, to - from)} (${formatValue(sum, unit)})`;
}

function setSearch(text) {
  state.search = text;
  $('search').value = text;
  writeState(state, false);
  if (graph !== null && !graph.isEmpty) {
    applySearch();
  }
}

function showError(error) {
  const status = error.status > 0 ? ` (${error.code})` : '';
  $('error').textContent = `${error.message}${status}`;
  $('error').hidden = false;
  $('selector').classList.toggle('invalid', error.code === 'invalid_argument' && state.selector !== '');
}

function showEmpty() {
  graph = null;
  $('timeline-panel').hidden = true;
  $('flame-panel').hidden = true;
  const empty = $('empty');
  const title = document.createElement('h2');
  const text = document.createElement('p');
  if (services.size > 0 && state.service !== '') {
    title.textContent = 'No profiles match';
    text.textContent =
      `Nothing of ${state.service} is in this time range with this profile type and these labels. ` +
      'Try a longer range or fewer labels.';
    empty.replaceChildren(title, text);
  } else {
    title.textContent = 'No profiles in this time range yet';
    text.textContent =
      'Push one, for example a CPU profile of a Go, Java, Python or Node program in pprof format. ' +
      'It is shown here as soon as the push is answered; this page looks again by itself.';
    const pre = document.createElement('pre');
    pre.textContent = pushExample();
    empty.replaceChildren(title, text, pre);
  }
  empty.hidden = false;
}

function pushExample() {
  const tenant = $('tenant').value.trim();
  const header = tenant === '' ? '' : ` \\\n  -H 'X-Scope-OrgID: ${tenant}'`;
  const base = location.origin + location.pathname.replace(/\/$/, '');
  return `curl --data-binary @cpu.pprof${header} \\\n  '${base}/ingest?name=my-app&format=pprof'`;
}

function scheduleNext() {
  const every = Number($('every').value) * 1000;
  // An empty page waits for the first profile, whatever the refresh is set to.
  const wait = every > 0 ? every : services.size === 0 ? EMPTY_RETRY_MILLIS : 0;
  if (wait > 0 && rangeName(state) !== 'custom') {
    timer = setTimeout(load, wait);
  }
}

/** Picks a service and a profile type when the URL names none (or one that is of another service). */
function chooseDefaults() {
  const names = [...services.keys()];
  if (state.service === '') {
    state.service = names.find((name) => name !== SELF) ?? names[0] ?? '';
  }
  const types = services.get(state.service) ?? [];
  const isStale = state.type === '' || (types.length > 0 && !types.includes(state.type));
  if (isStale) {
    state.type = types.find((type) => type.split(':')[1] === 'cpu') ?? types[0] ?? '';
  }
  writeState(state, false);
}

function renderControls() {
  const names = withChosen([...services.keys()], state.service);
  fillSelect($('service'), names.map((name) => [name, name]), state.service);
  const types = withChosen(services.get(state.service) ?? [], state.type);
  const captions = types.map((type) => {
    const [name, sampleType] = type.split(':');
    return [type, typeCaption(name, sampleType)];
  });
  fillSelect($('type'), captions, state.type);
  if (document.activeElement !== $('selector')) {
    $('selector').value = state.selector;
  }
  $('selector').classList.toggle('invalid', parseMatchers(state.selector) === null);
  const range = rangeName(state);
  const isListed = [...$('range').options].some((option) => option.value === range);
  $('range').value = isListed ? range : 'custom';
  $('custom').hidden = $('range').value !== 'custom';
  const { start, end } = currentRange();
  $('from').value = toLocalInput(start);
  $('until').value = toLocalInput(end);
  $('search').value = state.search;
  document.title = state.service === '' ? 'Flamelake' : `${state.service} · Flamelake`;
}

function bindControls() {
  $('tenant').value = localStorage.getItem(TENANT_KEY) ?? '';
  $('service').addEventListener('change', () =>
    update({ service: $('service').value, path: [] }, true),
  );
  $('type').addEventListener('change', () => update({ type: $('type').value, path: [] }, true));
  $('selector').addEventListener('change', () => update({ selector: $('selector').value }, true));
  $('range').addEventListener('change', () => {
    const chosen = $('range').value;
    if (chosen === 'custom') {
      $('custom').hidden = false;
      $('from').focus();
    } else {
      update({ from: `now-${chosen}`, until: 'now' }, true);
    }
  });
  $('custom').addEventListener('submit', (event) => {
    event.preventDefault();
    const from = new Date($('from').value).getTime();
    const until = new Date($('until').value).getTime();
    if (from < until) {
      update({ from: String(from), until: String(until) }, true);
    } else {
      showError(new Error('The range must end after it starts'));
    }
  });
  $('zoom-out').addEventListener('click', zoomOut);
  $('refresh').addEventListener('click', load);
  $('every').addEventListener('change', load);
  $('tenant').addEventListener('change', () => {
    localStorage.setItem(TENANT_KEY, $('tenant').value.trim());
    update({ service: '', type: '', selector: '', path: [] }, true);
  });
  $('search').addEventListener('input', () => setSearch($('search').value));
  $('reset').addEventListener('click', () => flame.zoom(0, 0));
  $('download').addEventListener('click', download);
  $('table').hidden = localStorage.getItem(TABLE_KEY) === 'hidden';
  $('toggle-table').setAttribute('aria-pressed', String(!$('table').hidden));
  $('toggle-table').addEventListener('click', () => {
    $('table').hidden = !$('table').hidden;
    localStorage.setItem(TABLE_KEY, $('table').hidden ? 'hidden' : 'shown');
    $('toggle-table').setAttribute('aria-pressed', String(!$('table').hidden));
    afterZoom();
  });
  addEventListener('popstate', () => {
    state = readState();
    load();
  });
  scheme.addEventListener('change', () => {
    flame.recolor(new Palette(scheme.matches));
    timeline.redraw();
  });
  document.addEventListener('keydown', onKey);
}

function onKey(event) {
  if (event.key === '/' && !isTyping()) {
    event.preventDefault();
    $('search').focus();
    $('search').select();
  } else if (event.key === 'Escape' && graph !== null) {
    if (document.activeElement === $('search')) {
      setSearch('');
      $('search').blur();
    } else if (flame.focus.depth > 0) {
      flame.zoom(0, 0);
    }
  }
}

function isTyping() {
  return ['INPUT', 'SELECT', 'TEXTAREA'].includes(document.activeElement?.tagName);
}

/** Doubles the range around its middle, but not into the future. */
function zoomOut() {
  const { start, end } = currentRange();
  const half = end - start;
  const middle = (start + end) / 2;
  const until = Math.min(Date.now(), Math.ceil(middle + half));
  update({ from: String(Math.floor(middle - half)), until: String(until) }, true);
}

async function download() {
  try {
    const selector = fullSelector(state.service, state.selector);
    const blob = await client.pprof(shownRange, state.type, selector);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${state.service}-${state.type.split(':')[1]}.pprof`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (e) {
    showError(e);
  }
}

function currentRange() {
  return rangeOf(state, Date.now());
}

/** Returns what the label browser is limited to: the chosen service and profile type. */
function scopeSelector() {
  return state.type === ''
    ? fullSelector(state.service, '')
    : fullSelector(state.service, `__profile_type__="${state.type}"`);
}

function groupByService(pairs) {
  const grouped = new Map();
  for (const [service, type] of pairs) {
    if (service !== '' && type !== '') {
      grouped.set(service, [...(grouped.get(service) ?? []), type]);
    }
  }
  return new Map([...grouped].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withChosen(items, chosen) {
  return chosen === '' || items.includes(chosen) ? items : [...items, chosen];
}

function fillSelect(select, options, chosen) {
  const wanted = JSON.stringify(options);
  // Rebuilding an open list would close it under the user's hand.
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([value, caption]) => new Option(caption, value)));
  }
  select.value = chosen;
}

function typeCaption(name, sampleType) {
  return name === sampleType ? name : `${name} · ${sampleType}`;
}

function toLocalInput(millis) {
  const date = new Date(millis - new Date(millis).getTimezoneOffset() * 60000);
  return date.toISOString().slice(0, 19);
}
