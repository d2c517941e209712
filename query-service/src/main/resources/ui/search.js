// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The text of the search field: part of a name, /a regular expression/, or "a whole name".

/**
 * Returns the test of names that a search stands for, null for the empty search.
 *
 * @return {?(name: string) => boolean}
 * @throws {SyntaxError} if it is a bad regular expression
 */
export function searchTest(text) {
  if (text === '') {
    return null;
  }
  const inner = text.slice(1, -1);
  if (inner !== '' && text.startsWith('/') && text.endsWith('/')) {
    const pattern = new RegExp(inner, 'i');
    return (name) => pattern.test(name);
  }
  if (inner !== '' && text.startsWith('"') && text.endsWith('"')) {
    return (name) => name === inner;
  }
  const wanted = text.toLowerCase();
  return (name) => name.toLowerCase().includes(wanted);
}

/** Returns the search that finds exactly one function. */
export function exactSearch(name) {
  return `"${name}"`;
}
