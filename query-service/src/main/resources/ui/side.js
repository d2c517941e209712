// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

import { Autocomplete } from './autocomplete.js';
import { fillSelect } from './dom.js';
import { formatValue } from './format.js';
import { LabelBrowser } from './labels.js';
import {
  formatMatchers,
  fullSelector,
  parseMatchers,
  toggleMatcher,
  unreadable,
} from './selector.js';
import { rangeName, rangeOf } from './state.js';
import { MAX_SERIES, slotsOf, stepFor, Timeline } from './timeline.js';

const SELF = 'flamelake';

/** One side's question: the fields that choose profiles, and the timeline of what they choose. */
export class Side {
  /**
   * @param {HTMLElement} root
   * @param {QuerierClient} client
   * @param on {change(changes of the selection), group(label name)}
   */
  constructor(root, client, on) {
    this.root = root;
    this.client = client;
    this.on = on;
    this.selection = null;
    this.services = new Map();
    this.question = null;
    this.timeline = new Timeline(
      { plot: this.#part('plot'), legend: this.#part('legend') },
      {
        select: (from, until) => on.change({ from: String(from), until: String(until) }),
        pick: (value) => this.#pickSeries(value),
      },
    );
    const source = { names: () => this.#labelNames(), values: (name) => this.#labelValues(name) };
    const input = this.#part('selector');
    const proposals = new Autocomplete(input, this.#part('proposals'), source);
    new LabelBrowser(
      { popover: this.#part('browser'), opener: this.#part('browse'), input },
      source,
      () => {
        proposals.close();
        on.change({ selector: input.value });
      },
    );
    this.#bind();
  }

  set hidden(hidden) {
    this.root.hidden = hidden;
  }

  /** Learns which services and types there are in a selection's range. */
  async loadServices(selection, signal) {
    const range = rangeOf(selection, Date.now());
    const pairs = await this.client.servicesAndTypes(range, signal);
    this.services = groupByService(pairs);
  }

  /** Returns the selection with a service and a type where it names none, or one of another service. */
  withDefaults(selection) {
    const chosen = { ...selection };
    const names = [...this.services.keys()];
    if (chosen.service === '') {
      chosen.service = names.find((name) => name !== SELF) ?? names[0] ?? '';
    }
    const types = this.services.get(chosen.service) ?? [];
    if (chosen.type === '' || (types.length > 0 && !types.includes(chosen.type))) {
      chosen.type = types.find((type) => type.split(':')[1] === 'cpu') ?? types[0] ?? '';
    }
    return chosen;
  }

  /** Shows a selection in the fields; `sharesType` says whose type it is. */
  showSelection(selection, { canShareType, sharesType, typeIsFixed }) {
    this.selection = selection;
    const names = withChosen([...this.services.keys()], selection.service);
    fillSelect(
      this.#part('service'),
      names.map((name) => [name, name]),
      selection.service,
    );
    const types = withChosen(this.services.get(selection.service) ?? [], selection.type);
    const options = types.map((type) => [type, typeCaption(type)]);
    const shared = canShareType ? [['', 'As on the left']] : [];
    const type = this.#part('type');
    fillSelect(type, [...shared, ...options], sharesType ? '' : selection.type);
    type.disabled = typeIsFixed;
    if (document.activeElement !== this.#part('selector')) {
      this.#part('selector').value = selection.selector;
      this.#check();
    }
    this.#showRange(selection);
  }

  /** Returns what is asked now: relative ranges end at this moment. */
  ask(selection, callSite) {
    this.question = {
      range: rangeOf(selection, Date.now()),
      type: selection.type,
      selector: fullSelector(selection.service, selection.selector),
      callSite,
    };
    return this.question;
  }

  /** Asks for the timeline and shows it. */
  async loadTimeline(group, signal) {
    const { question } = this;
    const step = stepFor(question.range);
    const range = slotsOf(question.range, step);
    const [series, names] = await Promise.all([
      this.client.series(question, range, step, group, MAX_SERIES, signal),
      this.#labelNames(signal),
    ]);
    signal.throwIfAborted();
    const unit = question.type.split(':')[2];
    const options = withChosen(names, group).map((name) => [name, `by ${name}`]);
    fillSelect(this.#part('group'), [['', 'as one sum'], ...options], group);
    this.#part('timeline-title').textContent =
      `${this.selection.service} · ${typeCaption(question.type)}`;
    this.#part('zoom-out').hidden = rangeName(this.selection) !== 'custom';
    this.timeline.show({ series, range, step, unit, group });
  }

  /** Says what the flame graph's total is. */
  showTotal(total) {
    const unit = this.question.type.split(':')[2];
    this.#part('timeline-note').textContent = `${formatValue(total, unit)} in total, drag to zoom in`;
  }

  /** Shows or hides the panel of the timeline. */
  showTimeline(isShown) {
    this.#part('timeline').hidden = !isShown;
  }

  /** Shows the server's words on what is wrong with this side's question; null takes them away. */
  showProblem(error) {
    const problem = this.#part('problem');
    problem.hidden = error === null;
    problem.textContent = error === null ? '' : `${error.message} (${error.code ?? 'error'})`;
    const isAtFault = error?.code === 'invalid_argument' && this.selection?.selector !== '';
    this.#part('selector').setAttribute('aria-invalid', String(isAtFault));
  }

  #part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  #bind() {
    const service = this.#part('service');
    const type = this.#part('type');
    const input = this.#part('selector');
    service.addEventListener('change', () => this.on.change({ service: service.value }));
    type.addEventListener('change', () => this.on.change({ type: type.value }));
    input.addEventListener('input', () => this.#check());
    // A change by a proposal comes without the event "change": Enter is enough then.
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.defaultPrevented) {
        this.#apply();
      }
    });
    input.addEventListener('change', () => this.#apply());
    const group = this.#part('group');
    group.addEventListener('change', () => this.on.group(group.value));
    this.#part('zoom-out').addEventListener('click', () => this.#zoomOut());
    this.#bindRange();
  }

  #bindRange() {
    const range = this.#part('range');
    const custom = this.#part('custom');
    range.addEventListener('change', () => {
      if (range.value === 'custom') {
        custom.hidden = false;
        this.#part('from').focus();
      } else {
        this.on.change({ from: `now-${range.value}`, until: 'now' });
      }
    });
    custom.addEventListener('submit', (event) => {
      event.preventDefault();
      const from = new Date(this.#part('from').value).getTime();
      const until = new Date(this.#part('until').value).getTime();
      if (from < until) {
        this.on.change({ from: String(from), until: String(until) });
      } else {
        this.showProblem(new Error('The range must end after it starts'));
      }
    });
  }

  #apply() {
    const { value } = this.#part('selector');
    if (value !== this.selection.selector) {
      this.on.change({ selector: value });
    }
  }

  /** Says while typing from where on the selector cannot be read. */
  #check() {
    const input = this.#part('selector');
    const rest = unreadable(input.value);
    const isTyping = document.activeElement === input;
    input.setAttribute('aria-invalid', String(rest !== ''));
    const hint = this.#part('selector-hint');
    hint.hidden = rest === '';
    hint.textContent = `${isTyping ? 'Goes on like' : 'Not of the form'} name="value": ${rest}`;
  }

  #showRange(selection) {
    const range = this.#part('range');
    const name = rangeName(selection);
    const isListed = [...range.options].some((option) => option.value === name);
    range.value = isListed ? name : 'custom';
    this.#part('custom').hidden = range.value !== 'custom';
    const { start, end } = rangeOf(selection, Date.now());
    this.#part('from').value = toLocalInput(start);
    this.#part('until').value = toLocalInput(end);
  }

  /** Doubles the range around its middle, but not into the future. */
  #zoomOut() {
    const { start, end } = rangeOf(this.selection, Date.now());
    const middle = (start + end) / 2;
    const until = Math.min(Date.now(), Math.ceil(middle + end - start));
    this.on.change({ from: String(Math.floor(middle - end + start)), until: String(until) });
  }

  #pickSeries(value) {
    const name = this.#part('group').value;
    const matchers = parseMatchers(this.selection.selector) ?? [];
    const matcher = { name, operator: '=', value };
    const isThere = matchers.some((m) => m.name === name && m.operator === '=' && m.value === value);
    if (!isThere) {
      this.on.change({ selector: formatMatchers(toggleMatcher(matchers, matcher)) });
    }
  }

  async #labelNames(signal) {
    const names = await this.client.labelNames(this.#range(), this.#scope(null), signal);
    return names.filter((name) => !name.startsWith('__') && name !== 'service_name');
  }

  #labelValues(name) {
    return this.client.labelValues(this.#range(), name, this.#scope(name));
  }

  #range() {
    return rangeOf(this.selection, Date.now());
  }

  /** Returns the present selection, without what it says of one label: its other values are wanted. */
  #scope(without) {
    const { service, type, selector } = this.selection;
    const matchers = (parseMatchers(selector) ?? []).filter((m) => m.name !== without);
    const ofType = type === '' ? [] : [{ name: '__profile_type__', operator: '=', value: type }];
    return fullSelector(service, formatMatchers([...matchers, ...ofType]));
  }
}

/** Returns how a profile type is called in lists. */
function typeCaption(type) {
  const [name, sampleType] = type.split(':');
  return name === sampleType ? name : `${name} · ${sampleType}`;
}

function groupByService(pairs) {
  const grouped = new Map();
  for (const [service, type] of pairs) {
    if (service !== '' && type !== '') {
      grouped.set(service, [...(grouped.get(service) ?? []), type]);
    }
  }
  return new Map([...grouped].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withChosen(items, chosen) {
  return chosen === '' || items.includes(chosen) ? items : [...items, chosen];
}

function toLocalInput(millis) {
  const date = new Date(millis - new Date(millis).getTimezoneOffset() * 60000);
  return date.toISOString().slice(0, 19);
}
