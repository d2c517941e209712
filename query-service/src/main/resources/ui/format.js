// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Numbers as people read them.

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['', ' k', ' M', ' G', ' T', ' P'];

const TIME_UNITS = new Map([
  ['nanoseconds', 1],
  ['microseconds', 1e3],
  ['milliseconds', 1e6],
  ['seconds', 1e9],
]);

/** Returns a value of the given pprof unit with a fitting suffix: `1.25 s`, `3.4 MiB`, `12 k`. */
export function formatValue(value, unit) {
  if (unit === 'bytes') {
    return scaled(value, 1024, BINARY, ' ');
  }
  const nanos = TIME_UNITS.get(unit);
  if (nanos !== undefined) {
    return formatNanos(value * nanos);
  }
  return scaled(value, 1000, DECIMAL, '');
}

/** Returns a time span as its two largest units, or as one with decimals below a minute. */
export function formatNanos(nanos) {
  const size = Math.abs(nanos);
  if (size < 1e3) {
    return `${digits(nanos)} ns`;
  }
  if (size < 1e6) {
    return `${digits(nanos / 1e3)} µs`;
  }
  if (size < 1e9) {
    return `${digits(nanos / 1e6)} ms`;
  }
  const seconds = nanos / 1e9;
  if (size < 60e9) {
    return `${digits(seconds)} s`;
  }
  if (size < 3600e9) {
    return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }
  if (size < 86400e9) {
    return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  }
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export function formatPercent(part, whole) {
  if (whole === 0) {
    return '0 %';
  }
  const percent = (100 * part) / whole;
  if (percent !== 0 && percent < 0.01) {
    return '< 0.01 %';
  }
  return `${percent.toFixed(percent < 10 ? 2 : 1)} %`;
}

/** Returns a difference of two shares in percentage points: `+1.25`, `−12.0`, `0`. */
export function formatShareChange(change) {
  const points = Math.abs(100 * change);
  const text = points.toFixed(points < 10 ? 2 : 1);
  if (Number(text) === 0) {
    return '0';
  }
  return `${change > 0 ? '+' : '−'}${text}`;
}

function scaled(value, base, suffixes, gap) {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= base && index < suffixes.length - 1) {
    rest /= base;
    index++;
  }
  return `${digits(rest)}${gap}${suffixes[index]}`;
}

function digits(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) {
    return value.toFixed(0);
  }
  if (size >= 100) {
    return value.toFixed(0);
  }
  return value.toFixed(size >= 10 ? 1 : 2);
}
