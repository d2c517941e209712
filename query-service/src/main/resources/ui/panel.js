// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { button, element } from './dom.js';
import { FlameGraphView } from './flamegraph.js';
import { formatPercent, formatValue } from './format.js';
import { shortName } from './palette.js';
import { exactSearch, searchTest } from './search.js';
import { FunctionTable } from './table.js';
import { Tooltip } from './tooltip.js';

const MAX_CRUMBS = 4;

/** A flame graph with its table of functions, breadcrumb and menus. */
export class ProfilePanel {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} tooltip
   * @param {Menu} menu
   * @param on {zoom(path), callSite(path), pick(name), sort(text), filter(text), measure(name),
   *     exports(): menu items, functions(path): promise of all functions or null}
   */
  constructor(root, tooltip, menu, on) {
    this.root = root;
    this.menu = menu;
    this.on = on;
    this.graph = null;
    this.complete = null;
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.part = part;
    this.flame = new FlameGraphView(
      {
        container: part('flame'),
        canvas: part('canvas'),
        spacer: part('spacer'),
        announcer: part('announcer'),
        tooltip: new Tooltip(tooltip),
      },
      {
        zoom: (bar) => on.zoom(this.graph.pathOf(bar)),
        menu: (bar, x, y) => this.#openFrameMenu(bar, x, y),
      },
    );
    this.table = new FunctionTable(
      {
        table: part('table'),
        filter: part('filter'),
        measure: part('measure'),
        note: part('table-note'),
      },
      {
        pick: on.pick,
        sort: on.sort,
        filter: on.filter,
        measure: on.measure,
        menu: (name, x, y) => menu.open(name, this.#functionItems(name), x, y),
      },
    );
    part('export').addEventListener('click', () => {
      const { left, bottom } = part('export').getBoundingClientRect();
      menu.open('Export', on.exports(), left, bottom + 4);
    });
  }

  set hidden(hidden) {
    this.root.hidden = hidden;
  }

  /** Shows a text in the place of the graph. */
  showEmpty(text) {
    this.graph = null;
    this.part('content').hidden = true;
    this.part('empty').hidden = false;
    this.part('empty').textContent = text;
  }

  /**
   * Shows a graph as the state says. Functions of a zoomed part come from the graph where it is
   * whole; where small frames were cut off, the server is asked.
   *
   * @param {{graph: Flamebearer, unit: string, palette: Palette, state: object}} content
   */
  show({ graph, unit, palette, state }) {
    this.graph = graph;
    this.unit = unit;
    this.state = state;
    this.part('empty').hidden = true;
    this.part('content').hidden = false;
    this.part('content').dataset.layout = state.layout;
    this.part('diff-legend').hidden = !graph.isDiff;
    const focus = graph.findPath(state.path);
    this.flame.show(graph, unit, palette, focus);
    this.#renderCrumbs(focus);
    this.#renderSite();
    this.#applySearch(focus);
    if (state.layout !== 'flame') {
      this.#renderTable(focus);
    }
  }

  focusGraph() {
    this.part('canvas').focus();
  }

  #renderCrumbs(focus) {
    const path = this.graph.pathOf(focus);
    const crumbs = ['total', ...path].map((name, depth) =>
      button(depth === 0 ? name : shortName(name), () => this.on.zoom(path.slice(0, depth)), {
        title: name,
      }),
    );
    // The ends tell most: the root, and the frames nearest to what is shown.
    const shown =
      crumbs.length > MAX_CRUMBS ? [crumbs[0], ...crumbs.slice(1 - MAX_CRUMBS)] : crumbs;
    this.part('breadcrumb').replaceChildren(...shown);
  }

  #renderSite() {
    const { callSite } = this.state;
    const site = this.part('site');
    site.hidden = callSite.length === 0;
    if (callSite.length === 0) {
      return;
    }
    const steps = callSite.map((name, i) =>
      button(shortName(name), () => this.on.callSite(callSite.slice(0, i + 1)), { title: name }),
    );
    site.replaceChildren(
      element('span', { textContent: 'Only call site' }),
      ...steps.slice(-MAX_CRUMBS),
      button('✕', () => this.on.callSite([]), {
        'aria-label': 'Leave the call site',
        'data-part': 'leave-site',
        title: 'Show all call sites',
      }),
    );
  }

  #applySearch(focus) {
    let test = null;
    try {
      test = searchTest(this.state.search);
    } catch {
      // The search field says so; everything is shown alike.
    }
    // Name 0 is the root's, which is no function.
    const matches =
      test && Uint8Array.from(this.graph.names, (name, i) => (i > 0 && test(name) ? 1 : 0));
    this.flame.highlight(matches);
    const { from, to } = this.graph.extent(focus);
    const sum = matches === null ? 0 : this.graph.matchedTotal(matches, focus);
    this.part('matched').textContent =
      matches === null
        ? ''
        : `matched ${formatPercent(sum, to - from)} (${formatValue(sum, this.unit)})`;
  }

  #renderTable(focus) {
    const { graph, state } = this;
    if (!graph.isTruncated(focus)) {
      this.#fillTable(focus, graph.functions(focus), '');
      return;
    }
    const key = JSON.stringify(state.path);
    if (this.complete?.graph !== graph || this.complete.key !== key) {
      this.complete = { graph, key, answer: undefined };
      this.#askForFunctions(this.complete, focus);
    }
    const { answer } = this.complete;
    if (answer === undefined) {
      this.#fillTable(focus, graph.functions(focus), ' so far, asking for the rest');
    } else if (answer === null) {
      this.#fillTable(focus, graph.functions(focus), ' and others: the flame graph is cut off');
    } else {
      this.#fillTable(focus, answer, '');
    }
  }

  async #askForFunctions(asked, focus) {
    try {
      asked.answer = await this.on.functions(this.graph.pathOf(focus));
    } catch {
      // The graph's own functions stay, with the note that there are more.
      asked.answer = null;
    }
    if (this.complete === asked && this.graph === asked.graph && this.state.layout !== 'flame') {
      this.#renderTable(focus);
    }
  }

  #fillTable(focus, rows, note) {
    const { graph, unit, state } = this;
    const { from, to } = graph.extent(focus);
    const { filter, sort, measure, search } = state;
    const picked = rows.find((row) => exactSearch(row.name) === search)?.name ?? null;
    this.table.show({ rows, graph, whole: to - from, unit, note, filter, sort, measure, picked });
  }

  #openFrameMenu(bar, x, y) {
    if (bar.depth === 0) {
      return;
    }
    const name = this.graph.name(bar.depth, bar.index);
    const path = this.graph.pathOf(bar);
    const items = [
      { caption: 'Zoom to this frame', run: () => this.on.zoom(path) },
      { caption: 'Focus on this call site', run: () => this.on.callSite(path) },
      ...this.#functionItems(name),
    ];
    this.menu.open(name, items, x, y);
  }

  #functionItems(name) {
    return [
      { caption: 'Highlight this function', run: () => this.on.pick(name) },
      { caption: 'Copy name', run: () => copy(name) },
    ];
  }
}

async function copy(text) {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Pages without TLS have no clipboard but this.
  const area = element('textarea', { value: text, className: 'visually-hidden' });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
