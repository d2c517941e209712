// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { formatMatchers, parseMatchers } from './selector.js';

/** The pop-over in which labels and their values are picked instead of typed. */
export class LabelBrowser {
  /**
   * @param elements {popover, button, input}
   * @param source {names(), values(name)}: promises of string arrays
   * @param {() => void} onChange called after the input's text was changed
   */
  constructor(elements, source, onChange) {
    this.elements = elements;
    this.source = source;
    this.onChange = onChange;
    this.name = null;
    const { popover, button } = elements;
    button.addEventListener('click', () => (popover.hidden ? this.open() : this.close()));
    document.addEventListener('mousedown', (event) => {
      if (!popover.hidden && !popover.contains(event.target) && event.target !== button) {
        this.close();
      }
    });
    popover.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        this.close();
        button.focus();
      }
    });
  }

  async open() {
    const { popover, button } = this.elements;
    popover.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    this.name = null;
    popover.replaceChildren(hint('Loading…'));
    let names;
    try {
      names = (await this.source.names()).filter(isShown);
    } catch (e) {
      popover.replaceChildren(hint(e.message));
      return;
    }
    if (names.length === 0) {
      popover.replaceChildren(hint('No labels besides the service’s name in this time range.'));
      return;
    }
    this.namesList = list(names, (name) => this.#showValues(name));
    this.valuesList = list([], () => {});
    popover.replaceChildren(this.namesList, this.valuesList);
    this.namesList.querySelector('button').focus();
    await this.#showValues(names[0]);
  }

  close() {
    this.elements.popover.hidden = true;
    this.elements.button.setAttribute('aria-expanded', 'false');
  }

  async #showValues(name) {
    this.name = name;
    press(this.namesList, [name]);
    let values;
    try {
      values = await this.source.values(name);
    } catch (e) {
      this.valuesList.replaceChildren(hint(e.message));
      return;
    }
    // Another name may have been clicked meanwhile.
    if (this.name !== name) {
      return;
    }
    const fresh = list(values, (value) => this.#toggle(name, value));
    this.valuesList.replaceWith(fresh);
    this.valuesList = fresh;
    this.#pressChosen();
  }

  #toggle(name, value) {
    const { input } = this.elements;
    const matchers = parseMatchers(input.value) ?? [];
    const isSame = (m) => m.name === name && m.operator === '=' && m.value === value;
    const isOn = matchers.some(isSame);
    const others = matchers.filter((m) => m.name !== name || m.operator !== '=');
    if (!isOn) {
      others.push({ name, operator: '=', value });
    }
    input.value = formatMatchers(others);
    this.#pressChosen();
    this.onChange();
  }

  #pressChosen() {
    const matchers = parseMatchers(this.elements.input.value) ?? [];
    const chosen = matchers.filter((m) => m.name === this.name && m.operator === '=');
    press(
      this.valuesList,
      chosen.map((m) => m.value),
    );
  }
}

function isShown(name) {
  return !name.startsWith('__') && name !== 'service_name';
}

function list(items, onClick) {
  const element = document.createElement('div');
  element.className = 'list';
  for (const item of items) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = item;
    button.title = item;
    button.addEventListener('click', () => onClick(item));
    element.append(button);
  }
  return element;
}

function press(element, items) {
  for (const button of element.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(items.includes(button.textContent)));
  }
}

function hint(text) {
  const element = document.createElement('p');
  element.className = 'muted';
  element.textContent = text;
  return element;
}
