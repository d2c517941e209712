// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// The querier's rpcs, called as Connect unary with JSON. 64-bit integers arrive as strings.

const SERVICE = 'querier.v1.QuerierService';

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
      const labels = new Map((set.labels ?? []).map((label) => [label.name, label.value]));
      return [labels.get('service_name') ?? '', labels.get('__profile_type__') ?? ''];
    });
  }

  async labelNames(range, matcher, signal) {
    const response = await this.#call('LabelNames', { ...range, matchers: [matcher] }, signal);
    return response.names ?? [];
  }

  async labelValues(range, name, matcher, signal) {
    const response = await this.#call(
      'LabelValues',
      { ...range, name, matchers: [matcher] },
      signal,
    );
    return response.names ?? [];
  }

  async flameGraph(range, profileTypeID, labelSelector, signal) {
    const response = await this.#call(
      'SelectMergeStacktraces',
      { ...range, profileTypeID, labelSelector, maxNodes: 16384 },
      signal,
    );
    return response.flamegraph ?? { names: [], levels: [], total: '0' };
  }

  /** Returns the points {time, value} of the sum of all series; empty slots are left out. */
  async totals(range, profileTypeID, labelSelector, step, signal) {
    const response = await this.#call(
      'SelectSeries',
      { ...range, profileTypeID, labelSelector, step, groupBy: [] },
      signal,
    );
    const points = response.series?.[0]?.points ?? [];
    return points.map((point) => ({
      time: Number(point.timestamp ?? 0),
      value: Number(point.value ?? 0),
    }));
  }

  /** Returns the merged profile of the range as pprof bytes. */
  async pprof(range, profileTypeID, labelSelector) {
    const parameters = new URLSearchParams({
      query: `${profileTypeID}${labelSelector}`,
      from: String(range.start),
      until: String(range.end),
      format: 'pprof',
    });
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
