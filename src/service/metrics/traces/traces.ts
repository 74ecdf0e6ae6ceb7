import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Span, SpanKind, Tracer } from '@opentelemetry/api';

type Api = Pick<
  typeof import('@opentelemetry/api'),
  'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace' | 'TraceFlags'
>;

/** Piece of work that is traced. */
export interface TracedWork {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: Attributes;
  /** Header `traceparent` of whoever asked for it. */
  readonly parent?: string | undefined;
  /** Milliseconds since 1970; default: now. */
  readonly since?: number;
}

/** Traces of a service: spans of what it does, within what they belong to. */
export class Traces {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #shutDown: () => Promise<void>;
  readonly #current = new AsyncLocalStorage<Span>();

  constructor(api: Api, tracer: Tracer, shutDown: () => Promise<void>) {
    this.#api = api;
    this.#tracer = tracer;
    this.#shutDown = shutDown;
  }

  /** Begins a span, below the one in which this is called. */
  begin({ name, kind, attributes, parent, since }: TracedWork): Span {
    const { ROOT_CONTEXT, SpanKind, trace } = this.#api;
    const kinds: Record<TracedWork['kind'], SpanKind> = {
      server: SpanKind.SERVER,
      client: SpanKind.CLIENT,
      internal: SpanKind.INTERNAL,
    };
    const above = this.#current.getStore();
    const context = above === undefined ? this.#contextOf(parent) : trace.setSpan(ROOT_CONTEXT, above);
    const options = { kind: kinds[kind], attributes, ...(since === undefined ? {} : { startTime: since }) };
    return this.#tracer.startSpan(name, options, context);
  }

  /** Does work within a span. */
  within<Result>(span: Span, work: () => Result): Result {
    return this.#current.run(span, work);
  }

  /** Ends a span. @param error why it failed; undefined: it did not */
  end(span: Span, attributes: Attributes, error?: string): void {
    span.setAttributes(attributes);
    if (error !== undefined) span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: error.slice(0, 500) });
    span.end();
  }

  /** Sends what is left, for some seconds at most. */
  async close(): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, 3000).unref());
    await Promise.race([this.#shutDown().catch(() => undefined), patience]); // Nobody receives them: that is no reason not to end.
  }

  /** Reads the context of a caller (W3C Trace Context, version 00). */
  #contextOf(header: string | undefined) {
    const { ROOT_CONTEXT, trace } = this.#api;
    const found = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(header ?? '');
    const [, traceId = '', spanId = '', flags = ''] = found ?? [];
    if (!/[1-9a-f]/.test(traceId) || !/[1-9a-f]/.test(spanId)) return ROOT_CONTEXT;
    const traceFlags = Number.parseInt(flags, 16) & this.#api.TraceFlags.SAMPLED;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }
}
