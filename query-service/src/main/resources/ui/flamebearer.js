// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The decoded flame graph: per level, the bars from left to right in typed arrays.

const FIELDS = 4;

export class Flamebearer {
  /** Decodes the wire form: per level [offset from the previous bar's end, total, self, name]. */
  constructor(message) {
    this.names = message.names ?? [];
    this.total = Number(message.total ?? 0);
    this.levels = (message.levels ?? []).map((level) => decodeLevel(level.values ?? []));
    this.nodeCount = this.levels.reduce((sum, level) => sum + level.count, 0);
    for (let depth = 1; depth < this.levels.length; depth++) {
      linkParents(this.levels[depth - 1], this.levels[depth]);
    }
  }

  get isEmpty() {
    return this.total === 0 || this.levels.length === 0;
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

  /** Returns the bars from the root to the given one as indexes, one per depth. */
  ancestors(depth, index) {
    const indexes = new Array(depth + 1);
    for (let d = depth, i = index; d >= 0; d--) {
      indexes[d] = i;
      i = d > 0 ? this.levels[d].parent[i] : 0;
    }
    return indexes;
  }

  /** Returns the deepest bar whose path of names is a prefix of the given one. */
  findPath(path) {
    let depth = 0;
    let index = 0;
    for (const name of path) {
      const child = this.#findChild(depth, index, name);
      if (child === -1) {
        break;
      }
      depth++;
      index = child;
    }
    return { depth, index };
  }

  /** Returns the names from below the root to the given bar. */
  pathOf(depth, index) {
    return this.ancestors(depth, index)
      .map((i, d) => this.name(d, i))
      .slice(1);
  }

  /** Sums the bars for which `matches[name]` within [from, to); what lies below one is not added. */
  matchedTotal(matches, from, to) {
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
   * Returns per function {name, self, total} within [from, to). A recursive function's total counts
   * each of its outermost bars once.
   */
  functions(from, to) {
    const self = new Float64Array(this.names.length);
    const total = new Float64Array(this.names.length);
    for (let depth = 1; depth < this.levels.length; depth++) {
      const level = this.levels[depth];
      for (let i = this.firstEndingAfter(depth, from); i < level.count; i++) {
        if (level.start[i] >= to) {
          break;
        }
        const name = level.name[i];
        self[name] += level.self[i];
        if (!this.#hasAncestor(depth, i, name)) {
          total[name] += level.total[i];
        }
      }
    }
    const rows = [];
    for (let name = 0; name < this.names.length; name++) {
      if (total[name] > 0) {
        rows.push({ id: name, name: this.names[name], self: self[name], total: total[name] });
      }
    }
    return rows;
  }

  #hasAncestor(depth, index, name) {
    let i = index;
    for (let d = depth; d > 1; d--) {
      i = this.levels[d].parent[i];
      if (this.levels[d - 1].name[i] === name) {
        return true;
      }
    }
    return false;
  }

  #findChild(depth, index, name) {
    const level = this.levels[depth];
    const below = this.levels[depth + 1];
    if (below === undefined) {
      return -1;
    }
    const end = level.start[index] + level.total[index];
    const first = this.firstEndingAfter(depth + 1, level.start[index]);
    for (let i = first; i < below.count && below.start[i] < end; i++) {
      if (this.names[below.name[i]] === name) {
        return i;
      }
    }
    return -1;
  }
}

function decodeLevel(values) {
  const count = Math.floor(values.length / FIELDS);
  const level = {
    count,
    start: new Float64Array(count),
    total: new Float64Array(count),
    self: new Float64Array(count),
    name: new Int32Array(count),
    parent: new Int32Array(count),
  };
  let x = 0;
  for (let i = 0; i < count; i++) {
    x += Number(values[i * FIELDS]);
    level.start[i] = x;
    level.total[i] = Number(values[i * FIELDS + 1]);
    level.self[i] = Number(values[i * FIELDS + 2]);
    level.name[i] = Number(values[i * FIELDS + 3]);
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
