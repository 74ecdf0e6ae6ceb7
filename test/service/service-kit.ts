import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { ServiceConfig } from '../../src/service/config/config-schema.js';
import { serviceOptions } from '../../src/service/config/service-options.js';
import { type Service, startService } from '../../src/service/serve.js';
import { checkout } from '../kit/provision.js';

/** Service of a test, with its first account. */
export interface TestService extends Service {
  readonly folder: string;
  /** Lines of its log. */
  readonly log: string[];
  /** Sends a request to the API. */
  send(request: string, body?: unknown, as?: Credentials, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** Asks for a token. */
  token(query: string, as?: Credentials): Promise<ApiAnswer>;
}

/** Account of a request: name and password, or `Bearer …`; null: none. */
export type Credentials = readonly [string, string] | string | null;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
  readonly body: any;
}

/** Command of a job's process: the built program. */
const jobProgram = [process.execPath, join(checkout, 'dist/src/cli/main.js'), 'run-job'] as [string, ...string[]];

export const admin = ['anna', 'correct horse battery'] as const;

/** Starts a service on free ports of loopback, and makes the administrator `anna`. */
export async function testService(config: ServiceConfig = {}, setsUp = true): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-service-'));
  const log: string[] = [];
  const errors = new Writable({
    write: (chunk, _encoding, done) => {
      log.push(String(chunk));
      done();
    },
  });
  const given = { state: folder, listen: '127.0.0.1:0', registry_listen: '127.0.0.1:0', ...config };
  const limits = { requests_per_second: 10_000, requests_burst: 10_000 };
  const service = await startService(serviceOptions({ ...limits, ...given }, {}, undefined), errors, jobProgram);
  const send = async (request: string, body?: unknown, as: Credentials = admin, more: Record<string, string> = {}) => {
    const [method = 'GET', path = ''] = request.split(' ');
    return await call(`${service.url}${path}`, {
      method,
      headers: {
        ...authorization(as),
        ...more,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  };
  if (setsUp) {
    const [name, password] = admin;
    await send('POST /api/v1/setup', { token: service.setupToken, name, password }, null);
  }
  return {
    ...service,
    folder,
    log,
    send,
    token: async (query, as = null) => await call(`${service.url}/token?${query}`, { headers: authorization(as) }),
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the header that shows an account. */
export function authorization(as: Credentials): Record<string, string> {
  if (as === null) return {};
  if (typeof as === 'string') return { Authorization: as };
  return { Authorization: `Basic ${Buffer.from(`${as[0]}:${as[1]}`).toString('base64')}` };
}

async function call(url: string, init: RequestInit): Promise<ApiAnswer> {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}
