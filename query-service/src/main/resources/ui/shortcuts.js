// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { element } from './dom.js';

const OF_THE_GRAPH = [
  ['↓ ↑ ← →', 'Move in the flame graph (when it has the focus)'],
  ['Enter', 'Zoom to the frame; Shift+F10 opens its menu'],
];

/**
 * The keys of the page, and the dialog that lists them.
 *
 * @param {HTMLDialogElement} dialog
 * @param {{keys: string[], says: string, run: () => void}[]} shortcuts
 */
export function bindShortcuts(dialog, shortcuts) {
  const rows = [...shortcuts.map(({ keys, says }) => [keys.join(' '), says]), ...OF_THE_GRAPH];
  dialog.querySelector('dl').replaceChildren(
    ...rows.flatMap(([keys, says]) => [
      element('dt', {}, element('kbd', { textContent: keys })),
      element('dd', { textContent: says }),
    ]),
  );
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) {
      return;
    }
    const shortcut = shortcuts.find(({ keys }) => keys.includes(event.key));
    // Escape works within fields, too; the other keys are text there.
    if (shortcut !== undefined && (!isTyping() || event.key === 'Escape')) {
      event.preventDefault();
      shortcut.run();
    }
  });
}

function isTyping() {
  return ['INPUT', 'SELECT', 'TEXTAREA'].includes(document.activeElement?.tagName);
}
