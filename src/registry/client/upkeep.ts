import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { tryBoundedJson } from '../bounded-json.js';
import { RegistryError } from '../registry-error.js';
import type { ClientContext } from './client-context.js';
import type { UpkeepClient } from './registry.js';

const amount = z.number().min(0);

/** Shape of a report of the embedded registry's collection. */
export const upkeepReportShape = z.object({
  applied: z.boolean(),
  tags: amount,
  manifests: amount,
  links: amount,
  blobs: amount,
  bytes: amount,
  uploads: amount,
  kept: z.object({ repositories: amount, manifests: amount, blobs: amount }),
  repositories: z.array(
    z.object({ name: z.string(), manifests: z.array(z.string()), links: amount, skipped: z.string().optional() }),
  ),
});

const stateShape = z.object({
  running: z.boolean(),
  run: z.number(),
  report: upkeepReportShape.optional(),
  error: z.string().optional(),
});

type UpkeepState = z.output<typeof stateShape>;

const path = '/_provision/gc';

/** Bytes of an answer at most: it names a thousand repositories, each with a thousand manifests. */
const mostState = 128 << 20;
const mostParts = 4_000_000;

const second = 1000;

/** Makes the part of a registry's client that has it collect its garbage. */
export function upkeepClient({ host, exchange, signal }: ClientContext): UpkeepClient {
  async function ask(
    method: 'GET' | 'POST',
    expect: readonly number[],
    body?: object,
  ): Promise<UpkeepState | undefined> {
    const attempt = method === 'GET' ? `ask ${host} about its garbage` : `have ${host} collect its garbage`;
    const request = {
      method,
      target: path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: async () => Buffer.from(JSON.stringify(body)) }),
      scopes: [],
      expect,
      attempt,
      signal,
    };
    const { bytes } = await exchange.read(request, mostState);
    const state = stateShape.safeParse(tryBoundedJson(bytes.toString('utf8'), mostParts));
    return state.success ? state.data : undefined;
  }

  return {
    // Others have nothing there, or a page of their own.
    collectsItself: async () => (await ask('GET', [200, 400, 404, 405, 406, 501])) !== undefined,
    async collectItself(wishes) {
      let state = await ask('POST', [200, 202], wishes);
      const run = state?.run;
      while (state?.running === true && state.run === run) {
        await pause(second, undefined, signal === undefined ? {} : { signal });
        state = await ask('GET', [200]);
      }
      if (state?.report !== undefined && state.error === undefined) return state.report;
      const why = state?.error ?? 'its answer is not a report';
      throw new RegistryError('server', `could not have ${host} collect its garbage: ${why}`);
    },
  };
}
