// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { MIN_BAR, PADDING, paint, ROW, visibleDepth } from './painter.js';
import { CanvasSurface } from './surfaces.js';

/**
 * A flame graph on a canvas. The canvas is as large as what can be seen and stays in place while its
 * container scrolls, so that a deep stack costs no memory.
 */
export class FlameGraphView {
  /**
   * @param elements {container, canvas, spacer, tooltip, announcer}
   * @param on {zoom(bar), menu(bar, x, y)}
   */
  constructor(elements, on) {
    this.elements = elements;
    this.on = on;
    this.graph = null;
    this.unit = '';
    this.palette = null;
    this.focus = { depth: 0, index: 0 };
    this.matches = null;
    this.hovered = null;
    this.cursor = null;
    this.frame = 0;
    this.surface = new CanvasSurface(elements.canvas);
    this.#listen();
  }

  show(graph, unit, palette, focus) {
    if (graph !== this.graph) {
      this.cursor = null;
    }
    if (focus.depth !== this.focus.depth || focus.index !== this.focus.index) {
      this.elements.container.scrollTop = 0;
    }
    this.graph = graph;
    this.unit = unit;
    this.palette = palette;
    this.focus = focus;
    this.#hideTooltip();
    this.#layout();
  }

  /** Highlights the names for which `matches[name]` is 1; null shows all alike. */
  highlight(matches) {
    this.matches = matches;
    this.#schedule();
  }

  /** Returns what is to be drawn for so many pixels, `top` of them scrolled away. */
  scene(width, height, top) {
    const { graph, unit, palette, focus, matches, hovered, cursor } = this;
    return { graph, unit, palette, focus, matches, hovered, cursor, width, height, top };
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
    canvas.addEventListener('blur', () => this.#hideTooltip());
    canvas.addEventListener('click', (event) => {
      const bar = this.#barAt(event);
      if (bar !== null) {
        this.cursor = null;
        this.on.zoom(bar);
      }
    });
    canvas.addEventListener('contextmenu', (event) => this.#openMenu(event));
    canvas.addEventListener('keydown', (event) => this.#onKey(event));
    // The ratio changes when the window moves to another screen or the page is zoomed.
    const watchRatio = () => {
      const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
      const changed = () => {
        this.#layout();
        watchRatio();
      };
      query.addEventListener('change', changed, { once: true });
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
    const content = visibleDepth(this.graph, this.focus) * ROW + PADDING;
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
    const { clientWidth, clientHeight, scrollTop } = container;
    this.surface.begin(clientWidth, clientHeight);
    paint(this.surface, this.scene(clientWidth, clientHeight, scrollTop));
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
      return depth < 0 ? null : { depth, index: this.graph.ancestors(this.focus)[depth] };
    }
    const { from, to } = this.graph.extent(this.focus);
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
    this.elements.canvas.style.cursor = bar === null ? 'default' : 'pointer';
    if (changed) {
      this.#schedule();
    }
    if (bar === null) {
      this.elements.tooltip.hide();
    } else if (changed) {
      this.#describe(bar, event.clientX, event.clientY);
    } else {
      this.elements.tooltip.moveTo(event.clientX, event.clientY);
    }
  }

  #describe(bar, x, y) {
    this.elements.tooltip.show(this.graph, this.unit, this.focus, bar, x, y);
  }

  #hideTooltip() {
    this.elements.tooltip.hide();
    if (this.hovered !== null) {
      this.hovered = null;
      this.#schedule();
    }
  }

  /** By the pointer at the bar below it, by the keyboard's menu key at the cursor. */
  #openMenu(event) {
    const isKeyboard = event.button !== 2;
    const bar = isKeyboard ? this.cursor : this.#barAt(event);
    if (bar === null) {
      return;
    }
    event.preventDefault();
    this.#hideTooltip();
    const place = isKeyboard ? this.#placeOf(bar) : { x: event.clientX, y: event.clientY };
    this.on.menu(bar, place.x, place.y);
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.graph === null) {
      return;
    }
    const from = this.cursor ?? this.focus;
    const next = this.#neighbour(from, event.key);
    if (next !== undefined) {
      event.preventDefault();
      this.#moveCursor(next ?? from);
    } else if (event.key === 'Enter' && this.cursor !== null) {
      event.preventDefault();
      this.on.zoom(this.cursor);
    }
  }

  /** Returns the bar that an arrow key leads to, null if there is none, undefined for other keys. */
  #neighbour(bar, key) {
    switch (key) {
      case 'ArrowDown':
        return this.cursor === null ? bar : this.graph.largestChild(bar);
      case 'ArrowUp':
        return bar.depth === 0
          ? null
          : { depth: bar.depth - 1, index: this.graph.levels[bar.depth].parent[bar.index] };
      case 'ArrowLeft':
        return this.#onLevel(bar, -1);
      case 'ArrowRight':
        return this.#onLevel(bar, 1);
      default:
        return undefined;
    }
  }

  /** Returns the next bar of the level that is shown, to the left or to the right. */
  #onLevel({ depth, index }, step) {
    if (depth <= this.focus.depth) {
      return null;
    }
    const level = this.graph.levels[depth];
    const { from, to } = this.graph.extent(this.focus);
    const next = index + step;
    const isShown = next >= 0 && next < level.count && level.start[next] >= from;
    return isShown && level.start[next] < to ? { depth, index: next } : null;
  }

  #moveCursor(bar) {
    const { container, announcer } = this.elements;
    this.cursor = bar;
    const y = bar.depth * ROW;
    if (y < container.scrollTop || y + ROW > container.scrollTop + container.clientHeight) {
      container.scrollTop = y - container.clientHeight / 2;
    }
    const place = this.#placeOf(bar);
    this.#describe(bar, place.x, place.y);
    announcer.textContent = bar.depth === 0 ? 'total' : this.graph.name(bar.depth, bar.index);
    this.#schedule();
  }

  /** Returns a point of the window in a bar. */
  #placeOf(bar) {
    const { container, canvas } = this.elements;
    const bounds = canvas.getBoundingClientRect();
    const { from, to } = this.graph.extent(this.focus);
    const start = Math.max(from, this.graph.extent(bar).from);
    return {
      x: bounds.left + ((start - from) / (to - from)) * container.clientWidth,
      y: bounds.top + bar.depth * ROW - container.scrollTop + ROW / 2,
    };
  }
}
