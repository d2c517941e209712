// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The decoded flame graph: per level, the bars from left to right in typed arrays.

const OTHER = 'other';

/**
 * The bars of one level. In a diff, start, total and self are the sums of both sides.
 *
 * @typedef {{count: number, start: Float64Array, total: Float64Array, self: Float64Array,
 *     rightTotal: Float64Array, rightSelf: Float64Array, name: Int32Array, parent: Int32Array}} Level
 */

/**
 * One bar.
 *
 * @typedef {{depth: number, index: number}} Bar
 */

/**
 * One function of a table; the right's part of self and total is there in a diff.
 *
 * @typedef {{name: string, self: number, total: number, rightSelf: number,
 *     rightTotal: number}} FunctionRow
 */

export class Flamebearer {
  /** Decodes `FlameGraph`: per bar, offset from the end of the one before, total, self, name. */
  static of(message) {
    return new Flamebearer(message, false);
  }

  /** Decodes `FlameGraphDiff`: per bar, the first three for left, for right, then the name. */
  static ofDiff(message) {
    return new Flamebearer(message, true);
  }

  constructor(message, isDiff) {
    this.isDiff = isDiff;
    this.names = message.names ?? [];
    this.total = Number(message.total ?? 0);
    this.rightTotal = isDiff ? Number(message.rightTicks ?? 0) : 0;
    this.leftTotal = this.total - this.rightTotal;
    this.levels = (message.levels ?? []).map((level) => decodeLevel(level.values ?? [], isDiff));
    for (let depth = 1; depth < this.levels.length; depth++) {
      linkParents(this.levels[depth - 1], this.levels[depth]);
    }
  }

  get isEmpty() {
    return this.total === 0 || this.levels.length === 0;
  }

  /** Returns whether the server summed small frames below a bar up in frames that it names so. */
  isTruncated(bar) {
    const other = this.names.indexOf(OTHER);
    const { from, to } = this.extent(bar);
    return (
      other !== -1 &&
      this.levels.some((level, depth) => {
        let i = depth < bar.depth ? level.count : this.firstEndingAfter(depth, from);
        for (; i < level.count && level.start[i] < to; i++) {
          if (level.name[i] === other) {
            return true;
          }
        }
        return false;
      })
    );
  }

  name(depth, index) {
    return this.names[this.levels[depth].name[index]];
  }

  /** Returns the first bar of a level that ends after x, or the level's count. */
  firstEndingAfter(depth, x) {
    const { start, total, count } = this.levels[depth];
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (start[middle] + total[middle] > x) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Returns the bar of a level at x, or -1 where there is none. */
  indexAt(depth, x) {
    if (depth < 0 || depth >= this.levels.length) {
      return -1;
    }
    const index = this.firstEndingAfter(depth, x);
    const level = this.levels[depth];
    return index < level.count && level.start[index] <= x ? index : -1;
  }

  /** Returns the interval of a bar in units of value. */
  extent({ depth, index }) {
    const level = this.levels[depth];
    return { from: level.start[index], to: level.start[index] + level.total[index] };
  }

  /** Returns the bars from the root to the given one as indexes, one per depth. */
  ancestors({ depth, index }) {
    const indexes = new Array(depth + 1);
    for (let d = depth, i = index; d >= 0; d--) {
      indexes[d] = i;
      i = d > 0 ? this.levels[d].parent[i] : 0;
    }
    return indexes;
  }

  /** Returns the deepest bar whose path of names is a prefix of the given one. */
  findPath(path) {
    let bar = { depth: 0, index: 0 };
    for (const name of path) {
      const child = this.#findChild(bar, name);
      if (child === -1) {
        break;
      }
      bar = { depth: bar.depth + 1, index: child };
    }
    return bar;
  }

  /** Returns the names from below the root to the given bar. */
  pathOf(bar) {
    return this.ancestors(bar)
      .map((i, depth) => this.name(depth, i))
      .slice(1);
  }

  /** Returns the largest child of a bar, or null. */
  largestChild(bar) {
    const below = this.levels[bar.depth + 1];
    let largest = null;
    for (const index of this.#children(bar)) {
      if (largest === null || below.total[index] > below.total[largest.index]) {
        largest = { depth: bar.depth + 1, index };
      }
    }
    return largest;
  }

  /** Sums the bars for which `matches[name]` below a bar; what lies below one is not added. */
  matchedTotal(matches, bar) {
    const { from, to } = this.extent(bar);
    let sum = 0;
    let covered = new Uint8Array(this.levels[0].count);
    for (let depth = 0; depth < this.levels.length; depth++) {
      const level = this.levels[depth];
      const coveredHere = new Uint8Array(level.count);
      for (let i = 0; i < level.count; i++) {
        if (depth > 0 && covered[level.parent[i]] === 1) {
          coveredHere[i] = 1;
        } else if (matches[level.name[i]] === 1) {
          coveredHere[i] = 1;
          const left = Math.max(level.start[i], from);
          const right = Math.min(level.start[i] + level.total[i], to);
          sum += Math.max(0, right - left);
        }
      }
      covered = coveredHere;
    }
    return sum;
  }

  /**
   * Returns the functions of the stacks that go through a bar, those above it included. A recursive
   * function's total counts each of its outermost bars once.
   *
   * @param {Bar} bar
   * @return {FunctionRow[]}
   */
  functions(bar) {
    const rows = new Map();
    const { from, to } = this.extent(bar);
    this.ancestors(bar).forEach((index, depth) => {
      if (depth > 0 && depth < bar.depth && !this.#hasAncestor(depth, index)) {
        this.#add(rows, this.levels[depth].name[index], bar, 0);
      }
    });
    for (let depth = Math.max(1, bar.depth); depth < this.levels.length; depth++) {
      const level = this.levels[depth];
      for (let i = this.firstEndingAfter(depth, from); i < level.count && level.start[i] < to; i++) {
        const whole = this.#hasAncestor(depth, i) ? 0 : 1;
        this.#add(rows, level.name[i], { depth, index: i }, 1, whole);
      }
    }
    return [...rows.values()];
  }

  /** Adds a bar's total (and, `self` times, its self) to the row of a function. */
  #add(rows, name, { depth, index }, self, whole = 1) {
    let row = rows.get(name);
    if (row === undefined) {
      row = { name: this.names[name], self: 0, total: 0, rightSelf: 0, rightTotal: 0 };
      rows.set(name, row);
    }
    const level = this.levels[depth];
    row.self += self * level.self[index];
    row.rightSelf += self * level.rightSelf[index];
    row.total += whole * level.total[index];
    row.rightTotal += whole * level.rightTotal[index];
  }

  /** Returns whether a function calls itself, directly or not, to make this bar. */
  #hasAncestor(depth, index) {
    const name = this.levels[depth].name[index];
    let i = index;
    for (let d = depth; d > 1; d--) {
      i = this.levels[d].parent[i];
      if (this.levels[d - 1].name[i] === name) {
        return true;
      }
    }
    return false;
  }

  #findChild(bar, name) {
    for (const index of this.#children(bar)) {
      if (this.name(bar.depth + 1, index) === name) {
        return index;
      }
    }
    return -1;
  }

  *#children(bar) {
    const below = this.levels[bar.depth + 1];
    if (below === undefined) {
      return;
    }
    const { from, to } = this.extent(bar);
    const first = this.firstEndingAfter(bar.depth + 1, from);
    for (let i = first; i < below.count && below.start[i] < to; i++) {
      yield i;
    }
  }
}

/** @return {Level} */
function decodeLevel(values, isDiff) {
  const fields = isDiff ? 7 : 4;
  const count = Math.floor(values.length / fields);
  const level = {
    count,
    start: new Float64Array(count),
    total: new Float64Array(count),
    self: new Float64Array(count),
    rightTotal: new Float64Array(count),
    rightSelf: new Float64Array(count),
    name: new Int32Array(count),
    parent: new Int32Array(count),
  };
  let x = 0;
  for (let i = 0; i < count; i++) {
    const bar = values.slice(i * fields, (i + 1) * fields).map(Number);
    if (isDiff) {
      level.rightTotal[i] = bar[4];
      level.rightSelf[i] = bar[5];
    }
    x += bar[0] + (isDiff ? bar[3] : 0);
    level.start[i] = x;
    level.total[i] = bar[1] + level.rightTotal[i];
    level.self[i] = bar[2] + level.rightSelf[i];
    level.name[i] = bar[fields - 1];
    x += level.total[i];
  }
  return level;
}

function linkParents(above, level) {
  let parent = 0;
  for (let i = 0; i < level.count; i++) {
    const x = level.start[i];
    while (parent < above.count - 1 && above.start[parent] + above.total[parent] <= x) {
      parent++;
    }
    level.parent[i] = parent;
  }
}
