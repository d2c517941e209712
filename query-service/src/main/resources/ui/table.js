// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { share } from './diff.js';
import { button, element } from './dom.js';
import { formatPercent, formatShareChange, formatValue } from './format.js';
import { shortName } from './palette.js';

const ROW_HEIGHT = 25;
const SPARE_ROWS = 12;

/**
 * A column: what is sorted by, and what is shown.
 *
 * @typedef {{id: string, caption: string, key: (row) => number, text: (row) => string,
 *     part: (row) => number, hint: (row) => string}} Column
 */

/**
 * The functions with what they cost. All of them: rows are made when they are scrolled to.
 */
export class FunctionTable {
  /**
   * @param elements {table, filter, measure, note}
   * @param on {pick(name), menu(name, x, y), sort(text), filter(text), measure(name)}
   */
  constructor(elements, on) {
    this.elements = elements;
    this.on = on;
    this.shown = null;
    this.rows = [];
    elements.table.addEventListener('scroll', () => this.#renderRows());
    new ResizeObserver(() => this.#renderRows()).observe(elements.table);
    elements.filter.addEventListener('input', () => on.filter(elements.filter.value));
    elements.measure.addEventListener('change', () => on.measure(elements.measure.value));
  }

  /**
   * @param {{rows: FunctionRow[], graph: Flamebearer, whole: number, unit: string, note: string,
   *     filter: string, sort: string, measure: string, picked: ?string}} content
   */
  show(content) {
    this.shown = content;
    const { filter, measure, note } = this.elements;
    if (filter.value !== content.filter) {
      filter.value = content.filter;
    }
    measure.hidden = !content.graph.isDiff;
    measure.value = content.measure;
    this.columns = content.graph.isDiff ? diffColumns(content) : plainColumns(content);
    const [sortedBy, direction] = this.#order();
    const wanted = content.filter.toLowerCase();
    this.rows = content.rows.filter((row) => row.name.toLowerCase().includes(wanted));
    this.rows.sort(comparator(sortedBy, direction));
    const noun = this.rows.length === 1 ? 'function' : 'functions';
    note.textContent = `${this.rows.length} ${noun}${content.note}`;
    this.#renderTable(sortedBy, direction);
  }

  /** Returns the column that is sorted by (null: the name) and 1 for ascending, -1 for descending. */
  #order() {
    const [id, direction] = this.shown.sort.split('.');
    const column = this.columns.find((candidate) => candidate.id === id);
    if (id === 'name') {
      return [null, direction === 'desc' ? -1 : 1];
    }
    const usual = this.columns[this.shown.graph.isDiff ? 2 : 0];
    return [column ?? usual, direction === 'asc' ? 1 : -1];
  }

  #renderTable(sortedBy, direction) {
    const { table } = this.elements;
    const head = element(
      'tr',
      {},
      this.#headCell('name', 'Function', sortedBy === null, direction),
      ...this.columns.map((column) =>
        this.#headCell(column.id, column.caption, column === sortedBy, direction),
      ),
    );
    this.body = element('tbody');
    table.replaceChildren(
      element(
        'table',
        { 'aria-rowcount': this.rows.length + 1, 'aria-label': 'Functions' },
        element('thead', {}, head),
        this.body,
      ),
    );
    this.#renderRows();
  }

  #headCell(id, caption, isSorted, direction) {
    const arrow = direction === 1 ? '↑' : '↓';
    const usual = id === 'name' ? 'asc' : 'desc';
    const other = usual === 'asc' ? 'desc' : 'asc';
    const isUsual = direction === (usual === 'asc' ? 1 : -1);
    const head = button(isSorted ? `${caption} ${arrow}` : caption, () =>
      this.on.sort(`${id}.${isSorted && isUsual ? other : usual}`),
    );
    const order = direction === 1 ? 'ascending' : 'descending';
    return element('th', { scope: 'col', 'aria-sort': isSorted ? order : 'none' }, head);
  }

  /** Makes the rows that are in sight; the space of the others is held by an empty row at each end. */
  #renderRows() {
    if (this.body === undefined) {
      return;
    }
    const { table } = this.elements;
    const first = Math.max(0, Math.floor(table.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const count = Math.ceil(table.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const end = Math.min(this.rows.length, first + count);
    const lines = [];
    for (let i = first; i < end; i++) {
      lines.push(this.#row(this.rows[i], i));
    }
    this.body.replaceChildren(
      this.#gap(first),
      ...lines,
      this.#gap(this.rows.length - end),
    );
  }

  /** Returns an empty row as high as so many others. */
  #gap(count) {
    const cell = element('td', { colSpan: this.columns.length + 1 });
    cell.style.height = `${count * ROW_HEIGHT}px`;
    return element('tr', { className: 'gap', hidden: count === 0, 'aria-hidden': true }, cell);
  }

  #row(row, index) {
    const isPicked = row.name === this.shown.picked;
    const name = button(shortName(row.name), () => this.on.pick(row.name), {
      'aria-pressed': isPicked,
    });
    const line = element(
      'tr',
      { title: row.name, className: isPicked ? 'picked' : '', 'aria-rowindex': index + 2 },
      element('td', { className: 'name' }, name),
      ...this.columns.map((column) => valueCell(column, row)),
    );
    line.addEventListener('click', (event) => {
      if (event.target !== name) {
        this.on.pick(row.name);
      }
    });
    line.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      this.on.menu(row.name, event.clientX, event.clientY);
    });
    return line;
  }
}

function valueCell(column, row) {
  const cell = element('td', { textContent: column.text(row), title: column.hint(row) });
  cell.style.setProperty('--part', `${Math.min(100, 100 * column.part(row))}%`);
  return cell;
}

function comparator(column, direction) {
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return column === null
    ? (a, b) => direction * byName(a, b)
    : (a, b) => direction * (column.key(a) - column.key(b)) || byName(a, b);
}

/** @return {Column[]} */
function plainColumns({ whole, unit }) {
  return ['self', 'total'].flatMap((measure) => {
    const key = (row) => row[measure];
    const part = (row) => share(row[measure], whole);
    const amount = (row) => formatValue(row[measure], unit);
    const percent = (row) => formatPercent(row[measure], whole);
    const caption = measure === 'self' ? 'Self' : 'Total';
    return [
      { id: measure, caption, key, text: amount, part, hint: percent },
      { id: `${measure}-share`, caption: '%', key, text: percent, part: () => 0, hint: amount },
    ];
  });
}

/** @return {Column[]} */
function diffColumns({ graph, unit, measure }) {
  const ofRight = measure === 'self' ? 'rightSelf' : 'rightTotal';
  const right = (row) => share(row[ofRight], graph.rightTotal);
  const left = (row) => share(row[measure] - row[ofRight], graph.leftTotal);
  const delta = (row) => right(row) - left(row);
  return [
    {
      id: 'left',
      caption: 'Left',
      key: left,
      text: (row) => formatPercent(left(row), 1),
      part: left,
      hint: (row) => formatValue(row[measure] - row[ofRight], unit),
    },
    {
      id: 'right',
      caption: 'Right',
      key: right,
      text: (row) => formatPercent(right(row), 1),
      part: right,
      hint: (row) => formatValue(row[ofRight], unit),
    },
    {
      id: 'delta',
      caption: 'Δ',
      key: delta,
      text: (row) => formatShareChange(delta(row)),
      part: () => 0,
      hint: () => 'Share on the right less share on the left, in percentage points',
    },
  ];
}
