// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { formatPercent, formatValue } from './format.js';
import { shortName } from './palette.js';

const MAX_ROWS = 200;

/** The functions of what is visible in the flame graph, by self or total. */
export class FunctionTable {
  /** @param {(name: string) => void} onPick called with the function that was clicked */
  constructor(container, onPick) {
    this.container = container;
    this.onPick = onPick;
    this.order = 'self';
    this.shown = null;
  }

  show(graph, unit, { from, to }) {
    this.shown = { rows: graph.functions(from, to), unit, whole: to - from };
    this.#render();
  }

  #render() {
    const { rows, unit, whole } = this.shown;
    const order = this.order;
    rows.sort((a, b) => b[order] - a[order] || (a.name < b.name ? -1 : 1));
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    head.append(this.#headCell('Function', null));
    head.append(this.#headCell('Self', 'self'), this.#headCell('Total', 'total'));
    const body = table.createTBody();
    for (const row of rows.slice(0, MAX_ROWS)) {
      const line = body.insertRow();
      line.title = row.name;
      line.addEventListener('click', () => this.onPick(row.name));
      const name = line.insertCell();
      name.className = 'name';
      name.textContent = shortName(row.name);
      for (const value of [row.self, row.total]) {
        const cell = line.insertCell();
        cell.textContent = formatValue(value, unit);
        cell.title = formatPercent(value, whole);
        cell.style.setProperty('--part', `${whole === 0 ? 0 : (100 * value) / whole}%`);
      }
    }
    this.container.replaceChildren(table);
  }

  #headCell(caption, order) {
    const cell = document.createElement('th');
    if (order === null) {
      cell.textContent = caption;
      return cell;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = this.order === order ? `${caption} ↓` : caption;
    button.addEventListener('click', () => {
      this.order = order;
      this.#render();
    });
    cell.append(button);
    return cell;
  }
}
