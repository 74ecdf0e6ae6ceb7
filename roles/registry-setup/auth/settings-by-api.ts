import { existsSync, readFileSync } from 'node:fs';
import { request as askPlain } from 'node:http';
import { request as askTls } from 'node:https';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { z } from 'zod';
import { defineResource, type HostContext, keepSecrets, type Resource, secret, sh } from '../../../src/index.js';
import { patience, type SettingsState, serviceSettings, settingsResult } from './service-settings.js';

const params = z.strictObject({
  name: z.string().describe('Name of the registry in the service'),
  url: z.string().describe('Address of the service'),
  token: secret(z.string()).optional().describe('Access token of an administrator; without there are no notifications'),
  ca: z
    .union([z.literal('own-ca'), z.strictObject({ src: z.string() }), z.strictObject({ content: z.string() })])
    .optional()
    .describe('Authority of its certificate, beside those of the system'),
});

type Params = z.output<typeof params>;

/** Settings of a registry, asked from the controller: the token of the administrator is never on a host. */
export const settings_by_api = defineResource({
  kind: 'settings_by_api',
  summary: 'What a registry is to be configured with, as the API of the service says',
  params,
  create: (params): Resource<SettingsState> => ({
    kind: 'settings_by_api',
    id: params.name,
    provides: [],
    needs: [],
    staging: 'skip',
    probe: () => sh`:`,
    parse: () => ({ settings: undefined, why: 'the service was not asked', isFinal: false }),
    look: (_, { host }) => askService(params, host),
    plan: ({ settings, why, isFinal }) => {
      if (settings !== undefined) return { verdict: 'ok' };
      if (isFinal) return { verdict: 'refused', message: why, hint: 'see registry_auth.service: url, token and name' };
      return {
        verdict: 'change',
        summary: 'waited for the service',
        uncertain: why,
        apply: { via: 'controller', repeatable: true, run: ({ host }) => waitForService(params, host) },
        verify: (after) => (after.settings === undefined ? after.why : undefined),
      };
    },
    result: settingsResult,
  }),
});

async function waitForService(params: Params, host: HostContext): Promise<string | undefined> {
  const end = Date.now() + patience * 1000;
  for (;;) {
    const { settings, why, isFinal } = await askService(params, host);
    if (settings !== undefined) return undefined;
    if (isFinal || Date.now() > end) return why;
    await pause(1000);
  }
}

async function askService(params: Params, host: HostContext): Promise<SettingsState> {
  const { name, token, url } = params;
  const server = await get(params, '/api/v1/token-server', host);
  if ('why' in server) return { settings: undefined, ...server };
  const of = encodeURIComponent(name);
  const told =
    token === undefined ? undefined : await get(params, `/api/v1/registries/${of}/notification-settings`, host);
  if (told !== undefined && 'why' in told) return { settings: undefined, ...told };
  const found = { ...Object(server.body), service: name, ...(told === undefined ? {} : { notifications: told.body }) };
  const read = serviceSettings.safeParse(found);
  if (!read.success)
    return { settings: undefined, why: `${url} answers, but is no service of registries`, isFinal: true };
  keepSecrets(serviceSettings, read.data);
  return { settings: read.data, why: '', isFinal: false };
}

type Answer = { readonly body: unknown } | { readonly why: string; readonly isFinal: boolean };

const meanings: Readonly<Record<number, string>> = {
  401: 'the token is not known there, or has ended',
  403: 'the token is of no administrator, or does not open the API',
  404: 'it has no such registry: add it to its registries',
};
const longest = 1 << 20;

async function get({ url, token, ca }: Params, path: string, host: HostContext): Promise<Answer> {
  const from = new URL(`${url.replace(/\/+$/, '')}${path}`);
  const trusted = authorityText(ca, host);
  const options = {
    headers: { Accept: 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    timeout: 10_000,
  };
  return await new Promise((resolve) => {
    const fail = (error: Error) => resolve({ why: `${from.origin}: ${error.message}`, isFinal: false });
    const asked =
      from.protocol === 'http:'
        ? askPlain(from, options)
        : askTls(from, { ...options, ...(trusted === undefined ? {} : { ca: [...rootCertificates, trusted] }) });
    asked.on('error', fail).on('timeout', () => asked.destroy(new Error('no answer within 10 seconds')));
    asked.on('response', (response) => {
      const { statusCode = 0 } = response;
      let text = '';
      response.setEncoding('utf8').on('error', fail);
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > longest) response.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => {
        const meaning = meanings[statusCode] ?? `it answered ${statusCode}`;
        if (statusCode !== 200) resolve({ why: `${from.origin}: ${meaning}`, isFinal: statusCode in meanings });
        else resolve({ body: parsed(text) });
      });
    });
    asked.end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema says that it is no service.
  }
}

function authorityText(ca: Params['ca'], { files }: HostContext): string | undefined {
  if (ca === undefined) return undefined;
  if (ca === 'own-ca') {
    const path = join(files.own('ca'), 'ca.crt');
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
  return 'src' in ca ? readFileSync(files.file(ca.src), 'utf8') : ca.content;
}
