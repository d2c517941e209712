// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { element } from './dom.js';
import { complete, completionAt } from './selector.js';

const MAX_CHOICES = 50;
const PAUSE_MILLIS = 120;
let lastId = 0;

/** Proposes names and values of labels while a selector is typed. */
export class Autocomplete {
  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} box holds the proposals
   * @param source {names(), values(name)}: promises of string arrays
   */
  constructor(input, box, source) {
    this.input = input;
    this.box = box;
    this.source = source;
    this.active = -1;
    this.asked = 0;
    this.timer = 0;
    box.id ||= `proposals-${++lastId}`;
    box.setAttribute('role', 'listbox');
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', box.id);
    input.setAttribute('aria-expanded', 'false');
    input.addEventListener('input', () => this.#later());
    input.addEventListener('focus', () => this.#later());
    input.addEventListener('keydown', (event) => this.#onKey(event));
    input.addEventListener('blur', () => this.close());
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.box.hidden = true;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#propose(), PAUSE_MILLIS);
  }

  async #propose() {
    const completion = completionAt(this.input.value, this.input.selectionStart);
    if (completion === null) {
      this.close();
      return;
    }
    const ticket = ++this.asked;
    let known;
    try {
      known = await (completion.kind === 'name'
        ? this.source.names()
        : this.source.values(completion.name));
    } catch {
      // Nothing is proposed then; the query itself says what is wrong.
      known = [];
    }
    if (ticket !== this.asked) {
      return;
    }
    const wanted = completion.prefix.toLowerCase();
    const choices = known.filter((choice) => choice.toLowerCase().includes(wanted));
    this.#show(completion, choices.slice(0, MAX_CHOICES));
  }

  #show(completion, choices) {
    if (choices.length === 0 || (choices.length === 1 && choices[0] === completion.prefix)) {
      this.close();
      return;
    }
    this.active = -1;
    const options = choices.map((textContent, i) => {
      const option = element('div', {
        textContent,
        role: 'option',
        id: `${this.box.id}-${i}`,
        'aria-selected': false,
      });
      option.addEventListener('mousedown', (event) => {
        // The input keeps the focus.
        event.preventDefault();
        this.#choose(completion, textContent);
      });
      return option;
    });
    this.completion = completion;
    this.box.replaceChildren(...options);
    this.box.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
  }

  #onKey(event) {
    if (this.box.hidden) {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        this.#propose();
      }
      return;
    }
    const options = [...this.box.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      this.active = (Math.max(this.active, step === 1 ? -1 : 0) + step + options.length) % options.length;
      options.forEach((option, i) => option.setAttribute('aria-selected', String(i === this.active)));
      options[this.active].scrollIntoView({ block: 'nearest' });
      this.input.setAttribute('aria-activedescendant', options[this.active].id);
    } else if (event.key === 'Enter' && this.active >= 0) {
      this.#choose(this.completion, options[this.active].textContent);
    } else if (event.key === 'Escape') {
      this.close();
    } else {
      if (event.key === 'Enter') {
        this.close();
      }
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(completion, chosen) {
    const { text, caret } = complete(this.input.value, completion, chosen);
    this.input.value = text;
    this.input.setSelectionRange(caret, caret);
    this.close();
    this.input.dispatchEvent(new Event('input'));
    if (completion.kind === 'value') {
      this.close();
    }
  }
}
