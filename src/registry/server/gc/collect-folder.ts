import { stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unlessMissing } from '../storage/files.js';
import { Layout } from '../storage/layout.js';
import { Uses } from '../storage/uses.js';
import { openSocketPlace } from './admin-socket.js';
import { type CollectedGarbage, collect } from './collect.js';
import type { GcRequest, GcState } from './collector.js';
import { type LiveServer, liveServers } from './presence.js';
import { readUnusedTime } from './unused-time.js';

/** Grace time in seconds, where none is given: a push may take that long. */
export const usualGrace = 24 * 3600;

/** Grace time below which a folder isn't collected by itself: a server that is started meanwhile trusts uses of the last minute. */
const leastGrace = 120;

/** Bytes of a manifest at most. */
const mostManifest = 64 << 20;

const second = 1000;

/** Result of {@link collectFolder}. */
export interface CollectedFolder {
  /** URL of the server that was asked to; undefined where none serves the folder. */
  readonly server: string | undefined;
  readonly report: CollectedGarbage;
}

/**
 * Collects the garbage of a folder on this machine: the server that serves it is asked to, else this process does it.
 * @throws Error where that fails, or a server of another machine has the folder
 */
export async function collectFolder(
  dir: string,
  request: GcRequest,
  signal: AbortSignal,
  complain: (message: string) => void,
): Promise<CollectedFolder> {
  const layout = new Layout(resolve(dir));
  const [server, ...others] = (await liveServers(layout)).sort((a, b) => Number(b.here) - Number(a.here));
  if (server !== undefined) {
    if (!server.here) {
      const also = others.length === 0 ? '' : `, and ${others.length} more`;
      throw new Error(
        `process ${server.pid} of ${server.host} serves ${dir} at ${server.url}${also}: collect it there`,
      );
    }
    return { server: server.url, report: await askServer(server, request, signal) };
  }
  if ((await unlessMissing(stat(layout.repositories))) === undefined) throw new Error(`${dir} holds no images`);
  const { apply, deleteUntagged, retain, grace = usualGrace } = request;
  if (grace < leastGrace) throw new Error(`the grace time must be ${leastGrace} seconds or more`);
  const uses = new Uses(layout, 0, true);
  const options = {
    layout,
    uses,
    apply,
    deleteUntagged,
    retain,
    grace: grace * second,
    unusedFor: await readUnusedTime(layout),
    mostManifest,
    signal,
    complain,
  };
  return { server: undefined, report: await collect(options) };
}

async function askServer(server: LiveServer, request: GcRequest, signal: AbortSignal): Promise<CollectedGarbage> {
  const { apply, deleteUntagged, grace, retain } = request;
  const body = JSON.stringify({ dryRun: !apply, deleteUntagged, grace, retain });
  let state = await exchange(server, 'POST', body, signal);
  const { run } = state;
  while (state.running && state.run === run) {
    await pause(second, undefined, { signal });
    state = await exchange(server, 'GET', '', signal);
  }
  if (state.report !== undefined) return state.report;
  throw new Error(state.error ?? 'the server did not say how the collection ended');
}

function exchange(server: LiveServer, method: 'GET' | 'POST', body: string, signal: AbortSignal): Promise<GcState> {
  const url = new URL('/_provision/gc', server.url);
  // A server that speaks TLS has a socket; where it could open none, its certificate is for clients: this is the process
  // that wrote the key, on this machine.
  const start = url.protocol === 'https:' && server.socket === undefined ? httpsRequest : httpRequest;
  const place = server.socket === undefined ? undefined : openSocketPlace(server.socket);
  const way = place === undefined ? { rejectUnauthorized: false } : { protocol: 'http:', socketPath: place.path };
  const headers = { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' };
  const answered = new Promise<GcState>((done, fail) => {
    const outgoing = start(url, { method, signal, headers, ...way });
    outgoing.on('error', (error) => fail(new Error(`${server.url} does not answer: ${error.message}`)));
    outgoing.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        try {
          if (response.statusCode === 200 || response.statusCode === 202) done(JSON.parse(text) as GcState);
          else fail(new Error(`${server.url}: ${refusalIn(text) ?? `status ${response.statusCode}`}`));
        } catch (error) {
          fail(error);
        }
      });
    });
    outgoing.end(body);
  });
  return answered.finally(() => place?.release());
}

function refusalIn(text: string): string | undefined {
  const { errors } = JSON.parse(text) as { errors?: readonly { message?: string }[] };
  return errors?.[0]?.message;
}

/** Writes a report in a line. */
export function reportLine(report: CollectedGarbage): string {
  const { applied, tags, blobs, bytes, manifests, links, uploads, kept } = report;
  const garbage = `${tags === 0 ? '' : `${tags} tags, `}${blobs} blobs (${bytes} bytes), ${manifests} manifests, ${links} links, ${uploads} old uploads`;
  const stays = `${kept.blobs} blobs and ${kept.manifests} manifests of ${kept.repositories} repositories stay`;
  return applied ? `collected ${garbage}; ${stays}` : `would collect ${garbage}; ${stays}`;
}
