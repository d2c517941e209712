// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// What can be taken away: the merged profile in other formats, the flame graph as a picture.

import { element } from './dom.js';
import { paint, PADDING, ROW, visibleDepth } from './painter.js';
import { CanvasSurface, SvgSurface } from './surfaces.js';

const NO_CALL_SITE = 'The server exports whole profiles: leave the call site first';
const PNG_WIDTH = 1600;
// Browsers refuse larger canvases.
const MAX_CANVAS = 16000;

const FORMATS = [
  { format: 'pprof', caption: 'pprof', extension: 'pb.gz' },
  { format: 'collapsed', caption: 'Collapsed stacks', extension: 'collapsed.txt' },
  { format: 'speedscope', caption: 'speedscope', extension: 'speedscope.json' },
  { format: 'dot', caption: 'Graphviz dot', extension: 'dot' },
  { format: 'json', caption: 'JSON', extension: 'json' },
];

/**
 * Returns the entries of the export menu.
 *
 * @param {QuerierClient} client
 * @param {?Question} question what is shown, null for a diff, which is of two profiles
 * @param {FlameGraphView} view
 * @param {string} name of the files, without extension
 * @param {(error: Error) => void} onError
 */
export function exportItems(client, question, view, name, onError) {
  const attempt = (make, file) => async () => {
    try {
      save(await make(), file);
    } catch (e) {
      onError(e);
    }
  };
  const isWhole = question === null || question.callSite.length === 0;
  const profiles =
    question === null
      ? []
      : FORMATS.map(({ format, caption, extension }) => ({
          caption,
          disabled: isWhole ? undefined : NO_CALL_SITE,
          run: attempt(() => client.render(question, format), `${name}.${extension}`),
        }));
  return [
    ...profiles,
    { caption: 'Picture, PNG', run: attempt(() => toPng(view), `${name}.png`) },
    { caption: 'Picture, SVG', run: attempt(() => toSvg(view), `${name}.svg`) },
  ];
}

/** Draws the whole zoomed graph, not only what is scrolled to, without pointer and cursor. */
function pictureOf(view, surface, width, height) {
  const scene = { ...view.scene(width, height, 0), hovered: null, cursor: null };
  surface.rect(0, 0, width, height, view.palette.page, 1);
  paint(surface, scene);
}

function heightOf(view) {
  return visibleDepth(view.graph, view.focus) * ROW + PADDING;
}

function toPng(view) {
  const height = heightOf(view);
  const ratio = Math.min(2, MAX_CANVAS / height);
  const canvas = element('canvas', {
    width: PNG_WIDTH * ratio,
    height: Math.floor(height * ratio),
  });
  const surface = new CanvasSurface(canvas);
  surface.begin(PNG_WIDTH, height);
  pictureOf(view, surface, PNG_WIDTH, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob === null ? reject(new Error('The picture is too large for this browser')) : resolve(blob),
    );
  });
}

function toSvg(view) {
  const height = heightOf(view);
  const surface = new SvgSurface(PNG_WIDTH, height, view.surface.charWidth);
  pictureOf(view, surface, PNG_WIDTH, height);
  return new Blob([surface.toString()], { type: 'image/svg+xml' });
}

function save(blob, file) {
  const href = URL.createObjectURL(blob);
  element('a', { href, download: file }).click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}
