import type { RequestKind } from './request-kind.js';

/** What went through a proxy. Requests that were answered with a fault or a challenge are among them. */
export interface ProxyCounts {
  readonly requests: Partial<Record<RequestKind, number>>;
  readonly total: number;
  readonly connections: number;
  /** Requests that were under way at the same moment, at most. */
  readonly mostAtOnce: number;
  /** Bytes of bodies. */
  readonly toClient: number;
  readonly fromClient: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How often each fault was put in. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Adds up what went through a proxy. */
export class Counter {
  #counts = zero();
  #underWay = 0;

  get counts(): ProxyCounts {
    return structuredClone(this.#counts);
  }

  reset(): void {
    this.#counts = zero();
  }

  began(kind: RequestKind): void {
    this.#counts.requests[kind] = (this.#counts.requests[kind] ?? 0) + 1;
    this.#counts.total += 1;
    this.#underWay += 1;
    this.#counts.mostAtOnce = Math.max(this.#counts.mostAtOnce, this.#underWay);
  }

  ended(status: number): void {
    this.#underWay -= 1;
    this.#counts.statuses[status] = (this.#counts.statuses[status] ?? 0) + 1;
  }

  connected(): void {
    this.#counts.connections += 1;
  }

  sent(bytes: number): void {
    this.#counts.toClient += bytes;
  }

  received(bytes: number): void {
    this.#counts.fromClient += bytes;
  }

  fault(name: string): void {
    this.#counts.faults[name] = (this.#counts.faults[name] ?? 0) + 1;
  }
}

function zero() {
  return {
    requests: {} as Partial<Record<RequestKind, number>>,
    total: 0,
    connections: 0,
    mostAtOnce: 0,
    toClient: 0,
    fromClient: 0,
    statuses: {} as Record<string, number>,
    faults: {} as Record<string, number>,
  };
}
