// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { button, element } from './dom.js';

/** A menu that opens at a point and closes by itself: of frames, functions and exports. */
export class Menu {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.opener = null;
    box.setAttribute('role', 'menu');
    box.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('mousedown', (event) => {
      if (!box.hidden && !box.contains(event.target)) {
        this.close(false);
      }
    });
  }

  /**
   * @param {string} title
   * @param {{caption: string, run: () => void, disabled: (string|undefined)}[]} items `disabled`
   *     says why an item cannot be chosen
   */
  open(title, items, x, y) {
    this.opener = document.activeElement;
    const entries = items.map(({ caption, run, disabled }) =>
      button(
        caption,
        () => {
          this.close(true);
          run();
        },
        { role: 'menuitem', disabled: disabled !== undefined, title: disabled ?? '' },
      ),
    );
    const head = element('div', { className: 'menu-title', textContent: title, title });
    this.box.replaceChildren(head, ...entries);
    this.box.hidden = false;
    const bounds = this.box.getBoundingClientRect();
    const left = Math.max(4, Math.min(x, innerWidth - bounds.width - 8));
    const top = Math.max(4, Math.min(y, innerHeight - bounds.height - 8));
    this.box.style.transform = `translate(${left}px, ${top}px)`;
    this.#choices()[0]?.focus();
  }

  close(giveBack) {
    this.box.hidden = true;
    if (giveBack) {
      this.opener?.focus();
    }
  }

  #choices() {
    return [...this.box.querySelectorAll('button:enabled')];
  }

  #onKey(event) {
    const choices = this.#choices();
    const at = choices.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      choices[(at + step + choices.length) % choices.length].focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      this.close(true);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
