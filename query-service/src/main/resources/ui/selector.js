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
