// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Makes an element. Text is only ever set as text: names of functions and labels are hostile input.
 *
 * @param {string} tag
 * @param {object} [properties] of the element; names with a dash are attributes, `onclick` and the
 *     like are listeners
 * @param {...(Node|string)} children
 * @return {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') {
      made.setAttribute(name, String(value));
    } else if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else {
      made[name] = value;
    }
  }
  made.append(...children);
  return made;
}

/** Returns a button that submits nothing. */
export function button(text, onclick, properties = {}) {
  return element('button', { type: 'button', textContent: text, onclick, ...properties });
}

/** Fills a list of choices, [value, caption] each, unless it already has these. */
export function fillSelect(select, options, chosen) {
  const wanted = JSON.stringify(options);
  // Rebuilding an open list would close it under the user's hand.
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([value, caption]) => new Option(caption, value)));
  }
  select.value = chosen;
}

/** Puts a box near a point, inside the window. */
export function placeNear(box, x, y) {
  const bounds = box.getBoundingClientRect();
  const left = Math.max(4, Math.min(x + 14, innerWidth - bounds.width - 8));
  const below = y + 18;
  const top = below + bounds.height > innerHeight ? y - bounds.height - 12 : below;
  box.style.transform = `translate(${left}px, ${Math.max(4, top)}px)`;
}
