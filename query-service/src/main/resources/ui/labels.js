// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { button, element } from './dom.js';
import { formatMatchers, parseMatchers, toggleMatcher } from './selector.js';

/** The pop-over in which labels and their values are picked instead of typed. */
export class LabelBrowser {
  /**
   * @param elements {popover, opener, input}
   * @param source {names(), values(name)}: promises of string arrays
   * @param {() => void} onChange called after the input's text was changed
   */
  constructor(elements, source, onChange) {
    this.elements = elements;
    this.source = source;
    this.onChange = onChange;
    this.name = null;
    const { popover, opener } = elements;
    opener.addEventListener('click', () => (popover.hidden ? this.open() : this.close()));
    document.addEventListener('mousedown', (event) => {
      if (!popover.hidden && !popover.contains(event.target) && event.target !== opener) {
        this.close();
      }
    });
    popover.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
        opener.focus();
      }
    });
  }

  async open() {
    const { popover, opener } = this.elements;
    popover.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    this.name = null;
    popover.replaceChildren(hint('Loading…'));
    let names;
    try {
      names = await this.source.names();
    } catch (e) {
      popover.replaceChildren(hint(e.message));
      return;
    }
    if (names.length === 0) {
      popover.replaceChildren(hint('No labels besides the service’s name in this time range.'));
      return;
    }
    this.values = new SearchList('values', (value) => this.#valueLine(value));
    this.names = new SearchList('names', (name) =>
      button(name, () => this.#showValues(name), { title: name, 'aria-pressed': name === this.name }),
    );
    popover.replaceChildren(this.names.root, this.values.root);
    this.names.show(names);
    this.names.search.focus();
    await this.#showValues(names[0]);
  }

  close() {
    this.elements.popover.hidden = true;
    this.elements.opener.setAttribute('aria-expanded', 'false');
  }

  async #showValues(name) {
    this.name = name;
    this.names.render();
    this.values.say('Loading…');
    let values;
    try {
      values = await this.source.values(name);
    } catch (e) {
      this.values.say(e.message);
      return;
    }
    // Another name may have been clicked meanwhile.
    if (this.name === name) {
      this.values.show(values);
    }
  }

  #valueLine(value) {
    const chosen = parseMatchers(this.elements.input.value) ?? [];
    const part = (operator, text, title) => {
      const matcher = { name: this.name, operator, value };
      const isOn = chosen.some(
        (m) => m.name === matcher.name && m.operator === operator && m.value === value,
      );
      return button(text, () => this.#toggle(matcher), { title, 'aria-pressed': isOn });
    };
    return element(
      'div',
      { className: 'value-line' },
      part('=', value, `Only ${this.name} = ${value}`),
      part('!=', '≠', `All but ${this.name} = ${value}`),
    );
  }

  #toggle(matcher) {
    const { input } = this.elements;
    input.value = formatMatchers(toggleMatcher(parseMatchers(input.value) ?? [], matcher));
    this.values.render();
    this.onChange();
  }
}

/** A list with a field above that narrows it. */
class SearchList {
  /** @param {(item: string) => HTMLElement} line makes the line of an item */
  constructor(what, line) {
    this.line = line;
    this.items = [];
    this.search = element('input', {
      type: 'search',
      placeholder: `Search ${what}`,
      'aria-label': `Search ${what}`,
      oninput: () => this.render(),
    });
    this.list = element('div', { className: 'list', tabIndex: -1 });
    this.root = element('div', { className: `browser-column browser-${what}` }, this.search, this.list);
  }

  show(items) {
    this.items = items;
    this.render();
  }

  render() {
    const wanted = this.search.value.toLowerCase();
    const found = this.items.filter((item) => item.toLowerCase().includes(wanted));
    this.list.replaceChildren(
      ...(found.length === 0 ? [hint('Nothing found')] : found.map(this.line)),
    );
  }

  say(text) {
    this.items = [];
    this.list.replaceChildren(hint(text));
  }
}

function hint(textContent) {
  return element('p', { className: 'muted', textContent });
}
