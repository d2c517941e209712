// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { formatValue } from './format.js';

/* global uPlot */

const HEIGHT = 120;
const STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];
const MAX_BARS = 180;
const BINARY_INCREMENTS = Array.from({ length: 52 }, (none, i) => 2 ** i);

/** Returns the slot width in seconds for a range: the smallest round one that gives few enough bars. */
export function stepFor({ start, end }) {
  const wanted = (end - start) / 1000 / MAX_BARS;
  return STEPS.find((step) => step >= wanted) ?? STEPS[STEPS.length - 1];
}

/** The totals over time as bars; dragging over them selects a range. */
export class Timeline {
  /** @param {(from: number, until: number) => void} onSelect gets milliseconds */
  constructor(container, onSelect) {
    this.container = container;
    this.onSelect = onSelect;
    this.plot = null;
    this.shown = null;
    new ResizeObserver(() => {
      if (this.plot !== null && container.clientWidth > 0) {
        this.plot.setSize({ width: container.clientWidth, height: HEIGHT });
      }
    }).observe(container);
  }

  show(points, range, step, unit) {
    this.shown = { points, range, step, unit };
    this.redraw();
  }

  /** Draws again with the page's present colours. */
  redraw() {
    if (this.shown === null) {
      return;
    }
    const { points, range, step, unit } = this.shown;
    this.plot?.destroy();
    this.plot = new uPlot(this.#options(range, step, unit), align(points, range, step), this.container);
  }

  #options(range, step, unit) {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    const format = (value) => (value === null || value === undefined ? '–' : formatValue(value, unit));
    return {
      width: Math.max(this.container.clientWidth, 100),
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
        {
          label: 'sum',
          stroke: color('--accent'),
          fill: color('--accent-soft'),
          width: 1,
          points: { show: false },
          // A point stands for the slot that ends at its time.
          paths: uPlot.paths.bars({ size: [0.92, Infinity], align: -1, radius: 0.12 }),
          value: (plot, value) => format(value),
        },
      ],
      hooks: {
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width > 2) {
              const from = plot.posToVal(left, 'x') * 1000;
              const until = plot.posToVal(left + width, 'x') * 1000;
              plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              this.onSelect(Math.floor(from), Math.ceil(until));
            }
          },
        ],
      },
    };
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

/** Spreads the points over all slots of the range; a slot without a point is null. */
function align(points, { start, end }, step) {
  const stepMillis = step * 1000;
  const count = Math.floor((end - start) / stepMillis) + 1;
  const times = new Array(count);
  const values = new Array(count).fill(null);
  for (let i = 0; i < count; i++) {
    times[i] = (start + i * stepMillis) / 1000;
  }
  for (const { time, value } of points) {
    const slot = Math.round((time - start) / stepMillis);
    if (slot >= 0 && slot < count) {
      values[slot] = value;
    }
  }
  return [times, values];
}
