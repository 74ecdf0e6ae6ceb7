import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { JobOutcome } from '../jobs/job-store.js';
import type { Database } from '../store/database.js';
import type { TriedState } from '../webhooks/delivery/end-try.js';
import { addProcessGauges } from './process-gauges.js';
import { addStateGauges, type MeasuredState } from './state-gauges.js';

/** Bounds of the time that requests take, in seconds. */
const buckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

const tokenRoute = { method: 'GET', route: '/token' } as const;

/** Counters and gauges of a service, as Prometheus reads them. No label has a value that a user makes up. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #end: () => void;
  readonly requests: Histogram<'method' | 'route'>;
  readonly answers: Counter<'method' | 'route' | 'status'>;
  readonly tokens: Counter<'result'>;
  readonly refusedLogins: Counter<'at'>;
  readonly notifications: Counter<'registry' | 'result'>;
  readonly jobs: Counter<'kind' | 'result'>;
  readonly jobSeconds: Counter<'kind'>;
  readonly #deliveries: Counter<'result'>;
  /** Tokens given again that are in no counter yet: to count each at once costs as much as to find it. */
  #repeatedTokens = 0;

  constructor(database: Database, state: MeasuredState) {
    const registers = [this.#registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter({ name: `provision_${name}`, help, labelNames, registers });
    this.requests = new Histogram({
      name: 'provision_http_request_duration_seconds',
      help: 'Time of requests to the API and the token server',
      labelNames: ['method', 'route'],
      buckets,
      registers,
    });
    this.answers = counter('http_requests_total', 'Requests by their status', ['method', 'route', 'status']);
    this.tokens = counter('tokens_total', 'Requests for tokens of registries', ['result']);
    this.refusedLogins = counter('logins_refused_total', 'Logins that were refused', ['at']);
    this.notifications = counter('notifications_total', 'Notifications of registries', ['registry', 'result']);
    this.jobs = counter('jobs_ended_total', 'Jobs that have ended', ['kind', 'result']);
    this.jobSeconds = counter('jobs_seconds_total', 'Time that jobs took, without the time they waited', ['kind']);
    this.#deliveries = counter('webhook_tries_total', 'Tries to deliver webhooks, by what became of each', ['result']);
    const gauge = <Label extends string>(name: string, help: string, labelNames: Label[], collect: () => unknown) =>
      new Gauge({ name, help, labelNames, registers, collect: async () => void (await collect()) });
    addStateGauges(gauge, database, state);
    this.#end = addProcessGauges(gauge);
  }

  /** Counts a try of a webhook. */
  deliveryTried(state: TriedState): void {
    this.#deliveries.inc({ result: state === 'waiting' ? 'retried' : state });
  }

  /** Counts a token that was given again, before the API's server. */
  tokenRepeated(seconds: number): void {
    this.#repeatedTokens += 1;
    this.requests.observe(tokenRoute, seconds);
  }

  /** Counts the end of a job. */
  jobEnded({ kind, started_at: startedAt }: { kind: string; started_at: number | null }, { result }: JobOutcome): void {
    this.jobs.inc({ kind, result });
    if (startedAt !== null) this.jobSeconds.inc({ kind }, Math.max(0, Date.now() - startedAt) / 1000);
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all values, in the text format of Prometheus. */
  async text(): Promise<string> {
    this.tokens.inc({ result: 'issued' }, this.#repeatedTokens);
    this.answers.inc({ ...tokenRoute, status: 200 }, this.#repeatedTokens);
    this.#repeatedTokens = 0;
    return await this.#registry.metrics();
  }

  close(): void {
    this.#end();
    this.#registry.clear();
  }
}
