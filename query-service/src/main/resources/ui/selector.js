// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Label matchers as text: what stands in the selector field, and what is sent.

const MATCHER =
  /^\s*(?:"((?:[^"\\]|\\.)*)"|([a-zA-Z_][a-zA-Z0-9_]*))\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/;

/**
 * Splits `a="b", c=~"d"` (braces optional) into matchers {name, operator, value}. Returns null when
 * the text is not of that form; the server then says in its own words what is wrong.
 */
export function parseMatchers(text) {
  let rest = stripBraces(text);
  const matchers = [];
  while (rest.trim() !== '') {
    const match = MATCHER.exec(rest);
    if (match === null) {
      return null;
    }
    matchers.push({
      name: unescape(match[1] ?? match[2]),
      operator: match[3],
      value: unescape(match[4]),
    });
    rest = rest.slice(match[0].length);
  }
  return matchers;
}

export function formatMatchers(matchers) {
  return matchers.map((m) => `${quoteName(m.name)}${m.operator}${quote(m.value)}`).join(', ');
}

/** Returns the selector to send: the service and what the user typed. */
export function fullSelector(service, text) {
  const rest = stripBraces(text).trim().replace(/,$/, '');
  const own = service === '' ? '' : `service_name=${quote(service)}`;
  return `{${[own, rest].filter((part) => part !== '').join(', ')}}`;
}

/** Returns what stands where no matcher could be read, empty if all of the text is matchers. */
export function unreadable(text) {
  let rest = stripBraces(text);
  for (let match = MATCHER.exec(rest); match !== null; match = MATCHER.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest.trim();
}

/**
 * Returns the matchers with one switched: taken away if it is there, else added. An equality takes
 * the place of others on the same label, since no value equals two.
 */
export function toggleMatcher(matchers, { name, operator, value }) {
  const isSame = (m) => m.name === name && m.operator === operator && m.value === value;
  if (matchers.some(isSame)) {
    return matchers.filter((m) => !isSame(m));
  }
  const isObsolete = (m) =>
    m.name === name && (operator === '=' || (operator === '!=' && m.operator === '='));
  return [...matchers.filter((m) => !isObsolete(m)), { name, operator, value }];
}

// A matcher as far as it is typed, and what separates it from the one before: the name, the
// comparison, its operator, its value.
const TYPED_MATCHER = new RegExp(
  String.raw`[\s,{}]*(?:("(?:[^"\\]|\\.)*"|[a-zA-Z_][\w.]*)?` +
    String.raw`(\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*("|$)|[^",{}\s]*))?)`,
  'y',
);

/**
 * Returns what is being typed at the caret: the name of a label, or a value of the label `name`.
 *
 * @return {?{kind: string, name: string, operator: string, prefix: string, from: number, to: number}}
 *     from and to are the part of the text that a completion takes the place of
 */
export function completionAt(text, caret) {
  for (let start = 0; start <= text.length; ) {
    TYPED_MATCHER.lastIndex = start;
    const [whole, name = '', comparison = '', operator = '', value = ''] = TYPED_MATCHER.exec(text);
    const end = start + whole.length;
    const to = end - comparison.length;
    const from = to - name.length;
    if (caret <= to) {
      const begin = Math.min(from, caret);
      return { kind: 'name', name, operator: '', prefix: text.slice(begin, caret), from: begin, to };
    }
    if (caret <= end) {
      return valueAt(text, caret, { name, operator, value, end });
    }
    if (whole === '') {
      return null;
    }
    start = end;
  }
  return null;
}

function valueAt(text, caret, { name, operator, value, end }) {
  const from = end - value.length;
  const isClosed = value.length > 1 && value.endsWith('"') && caret === end;
  if (caret < from || isClosed) {
    return null;
  }
  const prefix = unescape(text.slice(from, caret).replace(/^"/, '').replace(/"$/, ''));
  const label = unescape(name.replace(/^"|"$/g, ''));
  return { kind: 'value', name: label, operator, prefix, from, to: end };
}

/** Returns the text with a completion put in, and where the caret is then. */
export function complete(text, completion, chosen) {
  const isRegex = completion.operator.endsWith('~');
  const value = isRegex ? chosen.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : chosen;
  const before = text.slice(0, completion.from);
  const after = text.slice(completion.to);
  if (completion.kind === 'value') {
    const put = before + quote(value);
    return { text: put + after, caret: put.length };
  }
  const hasOperator = /^\s*(=|!)/.test(after);
  const put = before + quoteName(chosen) + (hasOperator ? '' : '="');
  return { text: put + after, caret: put.length };
}

function stripBraces(text) {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
}

function quoteName(name) {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name);
}

function quote(value) {
  const escaped = value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `"${escaped}"`;
}

function unescape(text) {
  return text.replace(/\\(.)/g, (whole, c) => (c === 'n' ? '\n' : c));
}
