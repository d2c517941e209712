// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Colours of frames: the same package has the same colour in every graph. What belongs to a language's
// runtime is cool (the lake), everything else is warm (the flame).

const RUNTIME = [
  /^(java|javax|jdk|sun|com\.sun|scala|kotlin)[./]/,
  /^(runtime|internal|sync|syscall|reflect|time|os|net|bytes|strings|sort|encoding)([./]|$)/,
  /^io\.(\(|[^.]+$)/,
  /^(node:|\(garbage|\(program|\(idle|<frozen|<built-in|threading\.py|lib\w*\.so)/,
  /!0x[0-9a-f]+$/,
];
const WARM = { from: 2, to: 50 };
const COOL = { from: 178, to: 214 };
const SHADES = 24;

/** Returns the part of a function's name that tells whose it is: a Java or Go package, a file. */
export function packageOf(name) {
  const slash = name.lastIndexOf('/');
  const tail = name.slice(slash + 1);
  const go = slash === -1 ? '' : name.slice(0, slash + 1);
  const space = tail.indexOf(' ');
  if (space > 0) {
    return go + tail.slice(0, space);
  }
  const parts = tail.split('.');
  if (go !== '' || parts.length <= 2) {
    return go + parts[0];
  }
  // Java: package.Class.method; nested classes and lambdas belong to the same package.
  const type = parts.findIndex((part) => /^[A-Z]/.test(part));
  return parts.slice(0, type > 0 ? type : -1).join('.');
}

/** Returns a shorter name for narrow bars: class and method, or the Go name without its path. */
export function shortName(name) {
  const tail = name.slice(name.lastIndexOf('/') + 1);
  // Go's methods have their type in parentheses, which begins with no capital.
  const parts = tail.includes('.(') ? [] : tail.split('.');
  // Java has at least two parts of a package before a class; Go has one before a function.
  const type = parts.findIndex((part) => /^[A-Z]/.test(part));
  return type > 1 ? parts.slice(type).join('.') : tail;
}

export class Palette {
  /** @param {boolean} dark whether bars lie on a dark page */
  constructor(dark) {
    this.dark = dark;
    this.cache = new Map();
  }

  /** Returns the colour of a bar below the root. */
  barColor(graph, depth, index) {
    return this.colorOf(graph.name(depth, index));
  }

  colorOf(name) {
    let color = this.cache.get(name);
    if (color === undefined) {
      color = this.#newColor(name);
      this.cache.set(name, color);
    }
    return color;
  }

  get root() {
    return this.dark ? '#33424c' : '#c9d3d9';
  }

  get faded() {
    return this.dark ? '#2a343b' : '#e3e8eb';
  }

  get text() {
    return this.dark ? '#0e1418' : '#1a1410';
  }

  get cursor() {
    return this.dark ? '#ffffff' : '#0b1a22';
  }

  get page() {
    return this.dark ? '#172127' : '#ffffff';
  }

  get rootText() {
    return this.dark ? '#dbe4e9' : '#25323a';
  }

  get fadedText() {
    return this.dark ? '#7d8b95' : '#7b8790';
  }

  #newColor(name) {
    const owner = packageOf(name);
    const range = RUNTIME.some((pattern) => pattern.test(name)) ? COOL : WARM;
    const hash = hashOf(owner);
    const hue = range.from + ((hash % SHADES) * (range.to - range.from)) / (SHADES - 1);
    // Neighbours of one package stay apart by a little lightness.
    const light = (this.dark ? 60 : 66) + (hashOf(name) % 7) - 3;
    const saturation = range === COOL ? (this.dark ? 46 : 52) : this.dark ? 72 : 84;
    return `hsl(${hue.toFixed(0)} ${saturation}% ${light}%)`;
  }
}

/** FNV-1a over UTF-16 units. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash ^= hash >>> 15;
  return hash >>> 0;
}
