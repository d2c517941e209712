// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Draws a flame graph, root on top, on anything that can draw rectangles and text.

import { formatPercent, formatValue } from './format.js';
import { shortName } from './palette.js';

export const ROW = 20;
export const PADDING = 5;
export const MIN_BAR = 0.5;
const GAP = 1;
const MIN_TEXT = 22;
const HOVERED = 'rgb(255 255 255 / 28%)';

/**
 * What is drawn: a graph, zoomed to `focus`, of which `top` pixels are scrolled away.
 *
 * @typedef {{graph: Flamebearer, unit: string, palette: Palette, focus: Bar, matches: ?Uint8Array,
 *     hovered: ?Bar, cursor: ?Bar, width: number, height: number, top: number}} Scene
 */

/**
 * Draws what is visible of a scene: only bars within its height and at least half a pixel wide.
 *
 * @param {Scene} scene
 * @param surface {charWidth, rect(x, y, width, height, color, alpha), text(text, x, y, color, alpha),
 *     outline(x, y, width, height, color)}
 */
export function paint(surface, scene) {
  const { graph, focus, width, height, top } = scene;
  const first = Math.floor(top / ROW);
  const last = Math.min(graph.levels.length - 1, Math.ceil((top + height) / ROW));
  const ancestors = graph.ancestors(focus);
  for (let depth = first; depth <= last; depth++) {
    if (depth <= focus.depth) {
      paintBar(surface, scene, { depth, index: ancestors[depth] }, 0, width);
    } else {
      paintLevel(surface, scene, depth);
    }
  }
}

/** Returns the number of levels that have a bar below the focus. */
export function visibleDepth(graph, focus) {
  const { from, to } = graph.extent(focus);
  let depth = focus.depth + 1;
  for (; depth < graph.levels.length; depth++) {
    const first = graph.firstEndingAfter(depth, from);
    const level = graph.levels[depth];
    if (first === level.count || level.start[first] >= to) {
      break;
    }
  }
  return depth;
}

function paintLevel(surface, scene, depth) {
  const { graph, focus, width } = scene;
  const { from, to } = graph.extent(focus);
  const level = graph.levels[depth];
  const scale = width / (to - from);
  let index = graph.firstEndingAfter(depth, from);
  for (; index < level.count && level.start[index] < to; index++) {
    const barWidth = level.total[index] * scale;
    if (barWidth >= MIN_BAR) {
      paintBar(surface, scene, { depth, index }, (level.start[index] - from) * scale, barWidth);
    }
  }
}

function paintBar(surface, scene, bar, x, width) {
  const { palette } = scene;
  const y = bar.depth * ROW - scene.top + GAP;
  const height = ROW - GAP;
  const inner = width - (width > 3 ? GAP : 0);
  const alpha = bar.depth < scene.focus.depth ? 0.55 : 1;
  const { fill, ink } = colorsOf(scene, bar);
  surface.rect(x, y, inner, height, fill, alpha);
  if (isSame(bar, scene.hovered)) {
    surface.rect(x, y, inner, height, HOVERED, alpha);
  }
  if (width >= MIN_TEXT) {
    const text = label(scene, bar, Math.floor((width - 2 * PADDING) / surface.charWidth));
    surface.text(text, x + PADDING, y + ROW / 2, ink, alpha);
  }
  if (isSame(bar, scene.cursor)) {
    surface.outline(x + 1, y + 1, Math.max(1, inner - 2), height - 2, palette.cursor);
  }
}

function colorsOf({ graph, palette, matches }, { depth, index }) {
  const isMatched = matches === null || matches[graph.levels[depth].name[index]] === 1;
  if (!isMatched) {
    return { fill: palette.faded, ink: palette.fadedText };
  }
  return depth === 0
    ? { fill: palette.root, ink: palette.rootText }
    : { fill: palette.barColor(graph, depth, index), ink: palette.text };
}

function isSame(bar, other) {
  return other !== null && bar.depth === other.depth && bar.index === other.index;
}

function label({ graph, unit }, { depth, index }, room) {
  const whole = graph.levels[depth].total[index];
  if (depth === 0) {
    return `total  ${formatValue(graph.total, unit)}`.slice(0, room);
  }
  const name = graph.name(depth, index);
  const amount = `  ${formatValue(whole, unit)}, ${formatPercent(whole, graph.total)}`;
  if (!graph.isDiff && name.length + amount.length <= room) {
    return name + amount;
  }
  const short = name.length <= room ? name : shortName(name);
  return short.length <= room ? short : `${short.slice(0, Math.max(0, room - 1))}…`;
}
