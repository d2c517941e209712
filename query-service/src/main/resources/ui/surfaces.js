// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// What a flame graph is drawn on: a canvas, or an SVG document.

const FONT_FAMILY =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const FONT = `12px ${FONT_FAMILY}`;
const SVG = 'http://www.w3.org/2000/svg';

export class CanvasSurface {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.context.font = FONT;
    this.charWidth = this.context.measureText('M').width;
  }

  /** Begins a drawing of so many CSS pixels on a canvas whose size is already set. */
  begin(width, height) {
    const ratio = this.canvas.width / width;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.context.font = FONT;
    this.context.textBaseline = 'middle';
  }

  rect(x, y, width, height, color, alpha) {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = color;
    this.context.fillRect(x, y, width, height);
  }

  text(text, x, y, color, alpha) {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = color;
    this.context.fillText(text, x, y);
  }

  outline(x, y, width, height, color) {
    this.context.globalAlpha = 1;
    this.context.lineWidth = 2;
    this.context.strokeStyle = color;
    this.context.strokeRect(x, y, width, height);
  }
}

export class SvgSurface {
  constructor(width, height, charWidth) {
    this.charWidth = charWidth;
    this.root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
    this.root.setAttribute('font-family', FONT_FAMILY);
    this.root.setAttribute('font-size', '12');
  }

  rect(x, y, width, height, fill, opacity) {
    this.root.append(svg('rect', { x: round(x), y, width: round(width), height, fill, opacity }));
  }

  text(text, x, y, fill, opacity) {
    const node = svg('text', { x: round(x), y, fill, opacity, 'dominant-baseline': 'middle' });
    node.textContent = text;
    this.root.append(node);
  }

  outline() {
    // The cursor is of the page, not of a picture.
  }

  toString() {
    return new XMLSerializer().serializeToString(this.root);
  }
}

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, String(value));
  }
  return node;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
