// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The querier's rpcs, called as Connect unary with JSON. 64-bit integers arrive as strings.

const SERVICE = 'querier.v1.QuerierService';
const MAX_NODES = 16384;

/**
 * What is asked of the profiles of one side.
 *
 * @typedef {{range: {start: number, end: number}, type: string, selector: string,
 *     callSite: string[]}} Question
 */

/** An answer other than 200; `message` is the server's own. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class QuerierClient {
  /** @param {() => string} tenant returns the tenant to ask for, empty for the default */
  constructor(tenant) {
    this.tenant = tenant;
  }

  /** Returns [service, profile type id] pairs that have data in the range. */
  async servicesAndTypes(range, signal) {
    const response = await this.#call(
      'Series',
      { ...range, labelNames: ['service_name', '__profile_type__'], matchers: [] },
      signal,
    );
    return (response.labelsSet ?? []).map((set) => {
      const labels = labelMap(set.labels);
      return [labels.get('service_name') ?? '', labels.get('__profile_type__') ?? ''];
    });
  }

  async labelNames(range, matcher, signal) {
    const response = await this.#call('LabelNames', { ...range, matchers: [matcher] }, signal);
    return response.names ?? [];
  }

  async labelValues(range, name, matcher, signal) {
    const request = { ...range, name, matchers: [matcher] };
    const response = await this.#call('LabelValues', request, signal);
    return response.names ?? [];
  }

  /** @param {Question} question */
  async flameGraph(question, signal) {
    const request = { ...stacktraces(question), maxNodes: MAX_NODES };
    const response = await this.#call('SelectMergeStacktraces', request, signal);
    return response.flamegraph ?? {};
  }

  /**
   * @param {Question} left
   * @param {Question} right
   */
  async diff(left, right, signal) {
    const request = {
      left: { ...stacktraces(left), maxNodes: MAX_NODES },
      right: { ...stacktraces(right), maxNodes: MAX_NODES },
    };
    const response = await this.#call('Diff', request, signal);
    return response.flamegraph ?? {};
  }

  /**
   * Returns every function with self and total. Null for a call site, since the server lists those of
   * whole profiles, and from a server that has no such list.
   *
   * @param {Question} question
   * @return {Promise<?{name: string, self: number, total: number}[]>}
   */
  async functions(question) {
    if (question.callSite.length > 0) {
      return null;
    }
    const answer = await this.render(question, 'functions');
    return JSON.parse(await answer.text()).functions ?? null;
  }

  /**
   * Returns the sum over time per value of a label, largest first; of everything for an empty name.
   *
   * @param {Question} question
   * @return {Promise<{value: string, points: {time: number, value: number}[]}[]>}
   */
  async series(question, range, step, groupBy, limit, signal) {
    const { type, selector } = question;
    const request = {
      ...range,
      profileTypeID: type,
      labelSelector: selector,
      step,
      groupBy: groupBy === '' ? [] : [groupBy],
      ...(groupBy === '' ? {} : { limit: String(limit) }),
      ...stackSelector(question),
    };
    const response = await this.#call('SelectSeries', request, signal);
    return (response.series ?? []).map((series) => ({
      value: labelMap(series.labels).get(groupBy) ?? '',
      points: (series.points ?? []).map((point) => ({
        time: Number(point.timestamp ?? 0),
        value: Number(point.value ?? 0),
      })),
    }));
  }

  /**
   * Returns the merged profile in one of the formats of /pyroscope/render.
   *
   * @param {Question} question
   * @return {Promise<Blob>}
   */
  async render(question, format) {
    const parameters = renderParameters(question, format);
    const response = await this.#fetch(`pyroscope/render?${parameters}`, {
      headers: this.#headers(),
    });
    return response.blob();
  }

  async #call(method, body, signal) {
    const response = await this.#fetch(`${SERVICE}/${method}`, {
      method: 'POST',
      headers: {
        ...this.#headers(),
        'content-type': 'application/json',
        accept: 'application/json; allow-utf8-labelnames=true',
      },
      body: JSON.stringify(body),
      signal,
    });
    return response.json();
  }

  async #fetch(path, options) {
    let response;
    try {
      response = await fetch(path, options);
    } catch (e) {
      if (e.name === 'AbortError') {
        throw e;
      }
      throw new ApiError(0, 'unavailable', 'The server does not answer. Is Flamelake running?');
    }
    if (response.ok) {
      return response;
    }
    const text = await response.text();
    let code = String(response.status);
    let message = text.slice(0, 500) || response.statusText;
    try {
      const body = JSON.parse(text);
      code = body.code ?? code;
      message = body.message ?? message;
    } catch {
      // Not from the querier itself (a proxy, say): the text is the best there is.
    }
    throw new ApiError(response.status, code, message);
  }

  #headers() {
    const tenant = this.tenant();
    return tenant === '' ? {} : { 'X-Scope-OrgID': tenant };
  }
}

/** Returns the parameters of /pyroscope/render; it knows no call sites. */
function renderParameters({ range, type, selector }, format) {
  return new URLSearchParams({
    query: `${type}${selector}`,
    from: String(range.start),
    until: String(range.end),
    format,
  });
}

function stacktraces(question) {
  const { range, type, selector } = question;
  return { ...range, profileTypeID: type, labelSelector: selector, ...stackSelector(question) };
}

function stackSelector({ callSite }) {
  return callSite.length === 0
    ? {}
    : { stackTraceSelector: { callSite: callSite.map((name) => ({ name })) } };
}

function labelMap(labels) {
  return new Map((labels ?? []).map((label) => [label.name, label.value ?? '']));
}
