// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { formatPercent, formatValue } from './format.js';
import { shortName } from './palette.js';

const ROW = 20;
const GAP = 1;
const PADDING = 5;
const MIN_BAR = 0.5;
const MIN_TEXT = 22;
const FONT = '12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/**
 * A flame graph on a canvas, root on top. The canvas is as large as what can be seen and stays in
 * place while its container scrolls, so that a deep stack costs no memory; a frame draws only bars
 * that are visible and at least half a pixel wide.
 */
export class FlameGraphView {
  /**
   * @param elements {container, canvas, spacer, tooltip}
   * @param {(focus: {depth: number, index: number}) => void} onZoom
   */
  constructor(elements, palette, onZoom) {
    this.elements = elements;
    this.palette = palette;
    this.onZoom = onZoom;
    this.graph = null;
    this.unit = '';
    this.focus = { depth: 0, index: 0 };
    this.matches = null;
    this.hovered = null;
    this.frame = 0;
    this.context = elements.canvas.getContext('2d');
    this.#listen();
  }

  show(graph, unit, focus) {
    this.graph = graph;
    this.unit = unit;
    this.focus = focus;
    this.#hideTooltip();
    this.#layout();
  }

  zoom(depth, index) {
    this.focus = { depth, index };
    this.elements.container.scrollTop = 0;
    this.#hideTooltip();
    this.#layout();
    this.onZoom(this.focus);
  }

  /** Highlights the names for which `matches[name]` is 1; null shows all alike. */
  highlight(matches) {
    this.matches = matches;
    this.#schedule();
  }

  recolor(palette) {
    this.palette = palette;
    this.#schedule();
  }

  /** Returns the visible interval in units of value. */
  view() {
    const level = this.graph.levels[this.focus.depth];
    const from = level.start[this.focus.index];
    return { from, to: from + level.total[this.focus.index] };
  }

  #listen() {
    const { container, canvas } = this.elements;
    new ResizeObserver(() => this.#layout()).observe(container);
    container.addEventListener('scroll', () => {
      this.#hideTooltip();
      this.#schedule();
    });
    canvas.addEventListener('mousemove', (event) => this.#hover(event));
    canvas.addEventListener('mouseleave', () => this.#hideTooltip());
    canvas.addEventListener('click', (event) => {
      const bar = this.#barAt(event);
      if (bar !== null) {
        this.zoom(bar.depth, bar.index);
      }
    });
    // The ratio changes when the window moves to another screen or the page is zoomed.
    const watchRatio = () => {
      const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
      query.addEventListener(
        'change',
        () => {
          this.#layout();
          watchRatio();
        },
        { once: true },
      );
    };
    watchRatio();
  }

  #layout() {
    if (this.graph === null || this.graph.isEmpty) {
      return;
    }
    const { container, canvas, spacer } = this.elements;
    const width = container.clientWidth;
    const height = container.clientHeight;
    const ratio = devicePixelRatio || 1;
    const deviceWidth = Math.round(width * ratio);
    const deviceHeight = Math.round(height * ratio);
    const content = this.#visibleDepth() * ROW + PADDING;
    spacer.style.height = `${Math.max(0, content - height)}px`;
    if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
      canvas.width = deviceWidth;
      canvas.height = deviceHeight;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      // A new size clears the canvas: waiting for the next frame would show it empty.
      this.#draw();
      return;
    }
    this.#schedule();
  }

  /** Returns the number of levels that have a bar within the view. */
  #visibleDepth() {
    const { from, to } = this.view();
    let depth = this.focus.depth + 1;
    for (; depth < this.graph.levels.length; depth++) {
      const first = this.graph.firstEndingAfter(depth, from);
      const level = this.graph.levels[depth];
      if (first === level.count || level.start[first] >= to) {
        break;
      }
    }
    return depth;
  }

  #schedule() {
    if (this.frame === 0) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.#draw();
      });
    }
  }

  #draw() {
    const { canvas, container } = this.elements;
    if (this.graph === null || this.graph.isEmpty || canvas.width === 0) {
      return;
    }
    const context = this.context;
    const ratio = canvas.width / container.clientWidth;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, container.clientWidth, container.clientHeight);
    context.font = FONT;
    context.textBaseline = 'middle';
    this.charWidth ??= context.measureText('M').width;

    const top = container.scrollTop;
    const first = Math.floor(top / ROW);
    const last = Math.min(
      this.graph.levels.length - 1,
      Math.ceil((top + container.clientHeight) / ROW),
    );
    const ancestors = this.graph.ancestors(this.focus.depth, this.focus.index);
    for (let depth = first; depth <= last; depth++) {
      const y = depth * ROW - top;
      if (depth <= this.focus.depth) {
        this.#drawBar(depth, ancestors[depth], 0, y, container.clientWidth);
      } else {
        this.#drawLevel(depth, y);
      }
    }
  }

  #drawLevel(depth, y) {
    const { from, to } = this.view();
    const level = this.graph.levels[depth];
    const width = this.elements.container.clientWidth;
    const scale = width / (to - from);
    let index = this.graph.firstEndingAfter(depth, from);
    while (index < level.count && level.start[index] < to) {
      const barWidth = level.total[index] * scale;
      if (barWidth >= MIN_BAR) {
        const x = (level.start[index] - from) * scale;
        this.#drawBar(depth, index, x, y, barWidth);
      }
      index++;
    }
  }

  #drawBar(depth, index, x, y, width) {
    const context = this.context;
    const name = this.graph.names[this.graph.levels[depth].name[index]];
    const matched = this.matches === null || this.matches[this.graph.levels[depth].name[index]] === 1;
    const isHovered = this.hovered?.depth === depth && this.hovered?.index === index;
    const above = depth < this.focus.depth;
    const gap = width > 3 ? GAP : 0;

    context.globalAlpha = above ? 0.55 : 1;
    let text = this.palette.text;
    if (!matched) {
      context.fillStyle = this.palette.faded;
      text = this.palette.fadedText;
    } else if (depth === 0) {
      context.fillStyle = this.palette.root;
      text = this.palette.rootText;
    } else {
      context.fillStyle = this.palette.colorOf(name);
    }
    context.fillRect(x, y + GAP, width - gap, ROW - GAP);
    if (isHovered) {
      context.fillStyle = 'rgb(255 255 255 / 28%)';
      context.fillRect(x, y + GAP, width - gap, ROW - GAP);
    }
    if (width >= MIN_TEXT) {
      context.fillStyle = text;
      context.fillText(this.#label(depth, index, name, width), x + PADDING, y + GAP + ROW / 2);
    }
    context.globalAlpha = 1;
  }

  #label(depth, index, name, width) {
    const room = Math.floor((width - 2 * PADDING) / this.charWidth);
    if (depth === 0) {
      return `total  ${formatValue(this.graph.total, this.unit)}`.slice(0, room);
    }
    const whole = this.graph.levels[depth].total[index];
    const amount = `  ${formatValue(whole, this.unit)}, ${formatPercent(whole, this.graph.total)}`;
    if (name.length + amount.length <= room) {
      return name + amount;
    }
    if (name.length <= room) {
      return name;
    }
    const short = shortName(name);
    return short.length <= room ? short : `${short.slice(0, Math.max(0, room - 1))}…`;
  }

  #barAt(event) {
    if (this.graph === null || this.graph.isEmpty) {
      return null;
    }
    const { container, canvas } = this.elements;
    const bounds = canvas.getBoundingClientRect();
    const x = event.clientX - bounds.left;
    const depth = Math.floor((event.clientY - bounds.top + container.scrollTop) / ROW);
    if (depth <= this.focus.depth) {
      const ancestors = this.graph.ancestors(this.focus.depth, this.focus.index);
      return depth < 0 ? null : { depth, index: ancestors[depth] };
    }
    const { from, to } = this.view();
    const scale = (to - from) / container.clientWidth;
    const index = this.graph.indexAt(depth, from + x * scale);
    if (index === -1) {
      return null;
    }
    return this.graph.levels[depth].total[index] / scale < MIN_BAR ? null : { depth, index };
  }

  #hover(event) {
    const bar = this.#barAt(event);
    const changed = bar?.depth !== this.hovered?.depth || bar?.index !== this.hovered?.index;
    this.hovered = bar;
    if (changed) {
      this.#schedule();
    }
    if (bar === null) {
      this.elements.tooltip.hidden = true;
      this.elements.canvas.style.cursor = 'default';
      return;
    }
    this.elements.canvas.style.cursor = 'pointer';
    if (changed) {
      this.#fillTooltip(bar);
    }
    this.#placeTooltip(event);
  }

  #fillTooltip({ depth, index }) {
    const level = this.graph.levels[depth];
    const total = level.total[index];
    const self = level.self[index];
    const { from, to } = this.view();
    const rows = [
      ['Total', total],
      ['Self', self],
    ];
    const zoomed = this.focus.depth > 0;
    const head = document.createElement('div');
    head.className = 'tooltip-name';
    head.textContent = depth === 0 ? 'total' : this.graph.name(depth, index);
    const table = document.createElement('table');
    for (const [caption, value] of rows) {
      const row = table.insertRow();
      row.insertCell().textContent = caption;
      row.insertCell().textContent = formatValue(value, this.unit);
      row.insertCell().textContent = formatPercent(value, this.graph.total);
      if (zoomed) {
        row.insertCell().textContent =
          depth < this.focus.depth ? '' : `${formatPercent(value, to - from)} of zoomed`;
      }
    }
    this.elements.tooltip.replaceChildren(head, table);
    this.elements.tooltip.hidden = false;
  }

  #placeTooltip(event) {
    const { tooltip } = this.elements;
    tooltip.hidden = false;
    const bounds = tooltip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - bounds.width - 8);
    const below = event.clientY + 18;
    const top = below + bounds.height > innerHeight ? event.clientY - bounds.height - 12 : below;
    tooltip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  #hideTooltip() {
    this.elements.tooltip.hidden = true;
    if (this.hovered !== null) {
      this.hovered = null;
      this.#schedule();
    }
  }
}
