// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { describeChange, sharesOf } from './diff.js';
import { element, placeNear } from './dom.js';
import { formatPercent, formatValue } from './format.js';

/** What is said of the frame under the pointer or the cursor. */
export class Tooltip {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
  }

  hide() {
    this.box.hidden = true;
  }

  /** Shows a bar of a graph at a point of the window. */
  show(graph, unit, focus, bar, x, y) {
    const name = bar.depth === 0 ? 'total' : graph.name(bar.depth, bar.index);
    const rows = graph.isDiff ? diffRows(graph, unit, bar) : plainRows(graph, unit, focus, bar);
    const lines = rows.map((cells) =>
      element('tr', {}, ...cells.map((textContent) => element('td', { textContent }))),
    );
    this.box.replaceChildren(
      element('div', { className: 'tooltip-name', textContent: name }),
      element('table', {}, element('tbody', {}, ...lines)),
    );
    this.box.hidden = false;
    this.moveTo(x, y);
  }

  moveTo(x, y) {
    placeNear(this.box, x, y);
  }
}

function plainRows(graph, unit, focus, { depth, index }) {
  const level = graph.levels[depth];
  const zoomed = graph.levels[focus.depth].total[focus.index];
  return [
    ['Total', level.total[index]],
    ['Self', level.self[index]],
  ].map(([caption, value]) => {
    const cells = [caption, formatValue(value, unit), formatPercent(value, graph.total)];
    const isWithin = focus.depth > 0 && depth >= focus.depth;
    return isWithin ? [...cells, `${formatPercent(value, zoomed)} of zoomed`] : cells;
  });
}

function diffRows(graph, unit, { depth, index }) {
  const level = graph.levels[depth];
  const right = level.rightTotal[index];
  const left = level.total[index] - right;
  const selfRight = level.rightSelf[index];
  const selfLeft = level.self[index] - selfRight;
  return [
    ['', 'Total', '', 'Self', ''],
    ['Left', ...amount(left, graph.leftTotal, unit), ...amount(selfLeft, graph.leftTotal, unit)],
    [
      'Right',
      ...amount(right, graph.rightTotal, unit),
      ...amount(selfRight, graph.rightTotal, unit),
    ],
    ['Change', describeChange(sharesOf(graph, depth, index)), '', '', ''],
  ];
}

function amount(value, whole, unit) {
  return [formatValue(value, unit), formatPercent(value, whole)];
}
