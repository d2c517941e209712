// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// What a diff says of a frame or a function: its share of the left, of the right, and the change.

import { Palette } from './palette.js';

const LESS = 212;
const MORE = 8;

/** Returns part / whole, 0 of nothing. */
export function share(part, whole) {
  return whole === 0 ? 0 : part / whole;
}

/** Returns the two shares of a bar of a diff. */
export function sharesOf(graph, depth, index) {
  const level = graph.levels[depth];
  const right = level.rightTotal[index];
  return {
    left: share(level.total[index] - right, graph.leftTotal),
    right: share(right, graph.rightTotal),
  };
}

/** Returns by how much a share grew or shrank, from -1 (gone) over 0 to 1 (doubled, or new). */
export function changeOf({ left, right }) {
  return left === 0 ? Math.sign(right) : Math.min(1, (right - left) / left);
}

/** Returns the change in words. */
export function describeChange({ left, right }) {
  if (left === right) {
    return 'unchanged';
  }
  if (left === 0) {
    return 'new';
  }
  if (right === 0) {
    return 'gone';
  }
  const percent = (100 * (right - left)) / left;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}

/** Colours frames by the change of their share: blue less, grey the same, red more. */
export class DiffPalette extends Palette {
  barColor(graph, depth, index) {
    return this.changeColor(changeOf(sharesOf(graph, depth, index)));
  }

  /** @param {number} change from -1 to 1 */
  changeColor(change) {
    const strength = Math.sqrt(Math.abs(change));
    const saturation = Math.round(strength * (this.dark ? 70 : 85));
    const light = this.dark ? 62 - strength * 4 : 84 - strength * 20;
    return `hsl(${change < 0 ? LESS : MORE} ${saturation}% ${light.toFixed(1)}%)`;
  }
}
