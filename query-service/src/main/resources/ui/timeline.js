// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { button, element } from './dom.js';
import { formatValue } from './format.js';
import { themeColor } from './theme.js';

/* global uPlot */

const HEIGHT = 120;
const STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];
const MAX_BARS = 180;
// Told apart on light and dark pages and by most colour-blind eyes.
const SERIES_COLORS = [
  '#1f86a6',
  '#e07b39',
  '#4f9d4f',
  '#b8569b',
  '#8a76c9',
  '#b59a1d',
  '#d4555a',
  '#7b8a94',
];
export const MAX_SERIES = SERIES_COLORS.length;
const BINARY_INCREMENTS = Array.from({ length: 52 }, (none, i) => 2 ** i);

/** Returns the slot width in seconds for a range: the smallest round one that gives few enough bars. */
export function stepFor({ start, end }) {
  const wanted = (end - start) / 1000 / MAX_BARS;
  return STEPS.find((step) => step >= wanted) ?? STEPS[STEPS.length - 1];
}

/** Returns the range widened to whole steps, so that bars keep their place while time goes on. */
export function slotsOf({ start, end }, step) {
  const millis = step * 1000;
  return { start: Math.floor(start / millis) * millis, end: Math.ceil(end / millis) * millis };
}

/**
 * Totals over time: one series as bars, more as lines with a legend whose entries can be picked.
 * Dragging over them selects a range.
 */
export class Timeline {
  /**
   * @param elements {plot, legend}
   * @param on {select(from, until) in milliseconds, pick(value)}
   */
  constructor(elements, on) {
    this.elements = elements;
    this.on = on;
    this.plot = null;
    this.shown = null;
    new ResizeObserver(() => {
      if (this.plot !== null && elements.plot.clientWidth > 0) {
        this.plot.setSize({ width: elements.plot.clientWidth, height: HEIGHT });
      }
    }).observe(elements.plot);
  }

  /**
   * @param {{series: {value: string, points: object[]}[], range: {start: number, end: number},
   *     step: number, unit: string, group: string}} content a `group` of '' is one series
   */
  show(content) {
    this.shown = content;
    this.redraw();
  }

  /** Draws again with the page's present colours. */
  redraw() {
    if (this.shown === null) {
      return;
    }
    this.plot?.destroy();
    const data = align(this.shown);
    this.plot = new uPlot(this.#options(), data, this.elements.plot);
    this.#renderLegend();
  }

  #renderLegend() {
    const { series, group, unit } = this.shown;
    const entries = series.map(({ value, points }, i) => {
      const mark = element('span', { className: 'mark' });
      mark.style.background = SERIES_COLORS[i % SERIES_COLORS.length];
      const sum = points.reduce((total, point) => total + point.value, 0);
      const caption = `${value === '' ? '(none)' : value}  ${formatValue(sum, unit)}`;
      const entry = button('', () => this.on.pick(value), {
        title: `Only ${group} = ${value}`,
        'data-value': value,
      });
      entry.append(mark, caption);
      return entry;
    });
    this.elements.legend.hidden = group === '';
    this.elements.legend.replaceChildren(...(group === '' ? [] : entries));
  }

  #options() {
    const { range, step, unit } = this.shown;
    const axis = {
      stroke: themeColor('--muted'),
      grid: { stroke: themeColor('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    const format = (value) => (value === null || value === undefined ? '–' : formatValue(value, unit));
    return {
      width: Math.max(this.elements.plot.clientWidth, 100),
      height: HEIGHT,
      padding: [10, 8, 0, 0],
      legend: { show: true, live: true },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
      },
      scales: {
        x: { time: true, range: () => [range.start / 1000, range.end / 1000] },
        y: { range: (plot, min, max) => [0, max > 0 ? max * 1.05 : 1] },
      },
      axes: [
        { ...axis, size: 26, space: 90, values: timeLabels },
        {
          ...axis,
          size: 76,
          space: 28,
          values: (plot, ticks) => ticks.map(format),
          ...(unit === 'bytes' ? { incrs: BINARY_INCREMENTS } : {}),
        },
      ],
      series: [
        {
          label: `${step < 60 ? `${step} s` : formatValue(step, 'seconds')} until`,
          value: (plot, seconds) => (seconds === null ? '–' : new Date(seconds * 1000).toLocaleString()),
        },
        ...this.#series(format),
      ],
      hooks: { setSelect: [(plot) => this.#selected(plot)] },
    };
  }

  #series(format) {
    const value = (plot, amount) => format(amount);
    if (this.shown.group !== '') {
      return this.shown.series.map((series, i) => ({
        label: series.value === '' ? '(none)' : series.value,
        stroke: SERIES_COLORS[i % SERIES_COLORS.length],
        width: 1.5,
        points: { show: true, size: 5 },
        value,
      }));
    }
    return [
      {
        label: 'sum',
        stroke: themeColor('--accent'),
        fill: themeColor('--accent-soft'),
        width: 1,
        points: { show: false },
        // A point stands for the slot that ends at its time.
        paths: uPlot.paths.bars({ size: [0.92, Infinity], align: -1, radius: 0.12 }),
        value,
      },
    ];
  }

  #selected(plot) {
    const { left, width } = plot.select;
    if (width > 2) {
      const from = plot.posToVal(left, 'x') * 1000;
      const until = plot.posToVal(left + width, 'x') * 1000;
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.on.select(Math.floor(from), Math.ceil(until));
    }
  }
}

/** Labels ticks in local 24-hour time, with the day where it changes. */
function timeLabels(plot, ticks) {
  const short = ticks.length > 1 && ticks[1] - ticks[0] < 60;
  let day = '';
  return ticks.map((seconds) => {
    const date = new Date(seconds * 1000);
    const time = date.toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit',
      second: short ? '2-digit' : undefined,
      hour12: false,
    });
    const thisDay = date.toLocaleDateString([], { month: 'short', day: 'numeric' });
    const label = day !== '' && thisDay !== day ? `${thisDay} ${time}` : time;
    day = thisDay;
    return label;
  });
}

/** Spreads the points of each series over all slots of the range; a slot without a point is null. */
function align({ series, range: { start, end }, step }) {
  const stepMillis = step * 1000;
  const count = Math.floor((end - start) / stepMillis) + 1;
  const times = Array.from({ length: count }, (none, i) => (start + i * stepMillis) / 1000);
  const columns = series.map(({ points }) => {
    const values = new Array(count).fill(null);
    for (const { time, value } of points) {
      const slot = Math.round((time - start) / stepMillis);
      if (slot >= 0 && slot < count) {
        values[slot] = value;
      }
    }
    return values;
  });
  return [times, ...(columns.length === 0 ? [new Array(count).fill(null)] : columns)];
}
