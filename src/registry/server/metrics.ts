import type { ServerAnswer } from './answers/answer.js';

/** Counts what the server does, for Prometheus (text format 0.0.4). */
export class Metrics {
  readonly #requests = new Map<string, { count: number; seconds: number }>();
  #received = 0;
  #sent = 0;
  inFlight = 0;

  /** Counts a request that has ended. `kind` is that of its route. */
  recordRequest(method: string, kind: string, status: number, seconds: number, sent: number, received: number): void {
    const key = `method="${method}",kind="${kind}",status="${status}"`;
    const entry = this.#requests.get(key);
    if (entry === undefined) this.#requests.set(key, { count: 1, seconds });
    else {
      entry.count += 1;
      entry.seconds += seconds;
    }
    this.#sent += sent;
    this.#received += received;
  }

  /** @param more further lines */
  answer(openUploads: number, more: readonly string[]): ServerAnswer {
    const { rss, heapUsed } = process.memoryUsage();
    const entries = [...this.#requests].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = [
      ...helpLines('registry_requests_total', 'counter', 'Requests answered.'),
      ...entries.map(([labels, { count }]) => `registry_requests_total{${labels}} ${count}`),
      ...helpLines('registry_request_seconds_total', 'counter', 'Time that they took, with sending the answer.'),
      ...entries.map(([labels, { seconds }]) => `registry_request_seconds_total{${labels}} ${seconds.toFixed(6)}`),
      ...single(
        'registry_received_bytes_total',
        'counter',
        'Bytes of bodies received, as their Content-Length says.',
        this.#received,
      ),
      ...single('registry_sent_bytes_total', 'counter', 'Bytes of bodies sent.', this.#sent),
      ...single('registry_requests_in_flight', 'gauge', 'Requests under way, this one among them.', this.inFlight),
      ...single('registry_uploads_remembered', 'gauge', 'Uploads begun or gone on with, not ended.', openUploads),
      ...single('process_resident_memory_bytes', 'gauge', 'Resident memory.', rss),
      ...single('nodejs_heap_used_bytes', 'gauge', 'Heap in use.', heapUsed),
      ...single('process_cpu_seconds_total', 'counter', 'User and system time.', cpuSeconds()),
      ...more,
    ];
    return {
      status: 200,
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: Buffer.from(`${text.join('\n')}\n`),
    };
  }
}

function single(name: string, type: 'counter' | 'gauge', help: string, value: number): string[] {
  return [...helpLines(name, type, help), `${name} ${value}`];
}

function helpLines(name: string, type: 'counter' | 'gauge', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
