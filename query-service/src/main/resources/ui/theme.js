// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Light or dark: what was chosen on this page, else in this browser, else what the system says.

const KEY = 'flamelake.theme';
const scheme = matchMedia('(prefers-color-scheme: dark)');

/** Applies a choice (empty: none was made) and returns whether the page is dark. */
export function applyTheme(choice) {
  const effective = choice || localStorage.getItem(KEY) || (scheme.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = effective;
  return effective === 'dark';
}

export function rememberTheme(choice) {
  localStorage.setItem(KEY, choice);
}

/** Calls back when the system changes between light and dark. */
export function onSystemTheme(listener) {
  scheme.addEventListener('change', listener);
}

/** Returns the present value of a colour of the style sheet, for what is drawn on a canvas. */
export function themeColor(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
