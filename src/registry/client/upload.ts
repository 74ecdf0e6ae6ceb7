import { type Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../registry-error.js';
import type { BlobName } from '../source.js';
import type { ClientContext } from './client-context.js';
import { requireRepository, uploadsPath } from './paths.js';
import type { Registry, UploadLocation } from './registry.js';
import { pushScope } from './tokens/scopes.js';
import { type TransferLimits, watchRate } from './verified-body.js';
import { readAddressWithin } from './wire/given-address.js';
import { discard } from './wire/read-text.js';
import { backOff } from './wire/retry-delay.js';
import type { WireAnswer } from './wire/wire.js';

/** Bytes of a chunk where a proxy in front of the registry refuses whole blobs. */
const fallbackChunk = 32 << 20;
/** Attempts at a blob. */
const mostTries = 5;
/** Milliseconds that a registry may take to hash and file a blob after its last byte. */
const filing = 600_000;

/** The part of a registry's client that brings blobs there. */
export function uploadsOver(
  { host, exchange, capabilities, limits, signal, bytes }: ClientContext,
  chunkSize: number | undefined,
): Pick<Registry, 'mount' | 'putBlob' | 'cancelUpload'> & {
  beginUpload(repository: string): Promise<UploadLocation>;
} {
  let chunk = chunkSize;

  /** Returns where the next request of an upload goes: Location may be relative, and holds what the server needs (end-4a). */
  function sessionOf(answer: WireAnswer, attempt: string, before?: UploadLocation): UploadLocation {
    const { location } = answer.headers;
    if (location === undefined && before !== undefined) return before;
    if (location === undefined) throw new RegistryError('protocol', `could not ${attempt}: ${noLocation}`);
    const given = readAddressWithin(location, answer.url, exchange.origin);
    if ('url' in given) return { location: given.url.href };
    throw new RegistryError('protocol', `could not ${attempt}: its Location ${given.refusal}`, {
      hint: falseLocation,
      final: true,
    });
  }

  const sent = (count: number) => {
    bytes.sent += count;
  };

  async function begin(repository: string, attempt: string): Promise<UploadLocation> {
    const answer = await exchange.send({
      method: 'POST',
      target: uploadsPath(repository),
      headers: { 'content-length': '0' },
      scopes: pushScope(repository),
      expect: [202],
      attempt,
      signal,
    });
    discard(answer.body);
    return sessionOf(answer, attempt);
  }

  /** Sends bytes `from`–`to` of a blob to where the session is. With `closing`, that is all there is. */
  async function sendPart(
    { repository, session, blob, from, to, closing, attempt }: Part,
    content: (from: number) => Promise<Readable>,
  ): Promise<WireAnswer> {
    const target = new URL(session.location);
    if (closing) target.searchParams.set('digest', blob.digest);
    return exchange.send({
      method: closing ? 'PUT' : 'PATCH',
      target,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(to - from),
        ...(closing && from === 0 ? {} : { 'content-range': `${from}-${to - 1}` }),
      },
      body: async () => counted(to === from ? Buffer.alloc(0) : await content(from), to - from, attempt, limits, sent),
      scopes: pushScope(repository),
      expect: closing ? [200, 201, 202, 204, 413] : [202, 413, 416],
      attempt,
      signal,
      tries: 1,
      repeatable: false,
      patience: filing,
    });
  }

  /** How far a session has come, where the server can tell (end-13). */
  async function progressOf(session: UploadLocation, repository: string, attempt: string) {
    if (capabilities.chunkResume === false) return undefined;
    const answer = await exchange.send({
      method: 'GET',
      target: session.location,
      scopes: pushScope(repository),
      expect: [204, 400, 404, 405, 416],
      attempt,
      signal,
      tries: 2,
    });
    discard(answer.body);
    const end = /^(?:bytes=)?0-(\d+)$/.exec(String(answer.headers.range ?? ''))?.[1];
    if (answer.status !== 204) capabilities.chunkResume = false;
    // `0-0` is said of none and of one byte alike: then it is begun anew.
    if (answer.status !== 204 || end === undefined || Number(end) === 0) return undefined;
    return { from: Number(end) + 1, session: sessionOf(answer, attempt, session) };
  }

  /** {@link progressOf}, or nothing where it can't be asked: then the blob is sent from its first byte. */
  async function ask(session: UploadLocation, repository: string, attempt: string) {
    try {
      return await progressOf(session, repository, attempt);
    } catch (error) {
      if (error instanceof RegistryError && error.kind !== 'interrupted') return undefined;
      throw error;
    }
  }

  async function putBlob(
    repository: string,
    blob: BlobName,
    content: (from: number) => Promise<Readable>,
    given: { readonly session?: UploadLocation | undefined; readonly chunkSize?: number | undefined } = {},
  ): Promise<void> {
    const attempt = `upload blob ${blob.digest} to ${host}/${repository}`;
    let session = given.session;
    let from = 0;
    for (let tries = 1; ; tries += 1) {
      try {
        session ??= await begin(repository, attempt);
        const size = given.chunkSize ?? chunk ?? Number.POSITIVE_INFINITY;
        while (blob.size - from > size) {
          const to = from + size;
          const answer = await sendPart({ repository, session, blob, from, to, closing: false, attempt }, content);
          discard(answer.body);
          if (answer.status !== 202) throw new Refused(answer.status);
          session = sessionOf(answer, attempt, session);
          from = to;
        }
        const answer = await sendPart(
          { repository, session, blob, from, to: blob.size, closing: true, attempt },
          content,
        );
        discard(answer.body);
        if (answer.status === 413) throw new Refused(413);
        return;
      } catch (error) {
        if (signal?.aborted || tries >= mostTries || isFinal(error)) {
          if (error instanceof Refused) throw tooLarge(attempt, error.status);
          throw error;
        }
        if (error instanceof Refused) {
          if (error.status === 413 && session !== undefined) {
            const now = given.chunkSize ?? chunk ?? Number.POSITIVE_INFINITY;
            if (now <= 1 << 20) throw tooLarge(attempt, 413);
            chunk = Math.min(fallbackChunk, Math.max(1 << 20, Math.floor(now / 2)));
            given = {};
          }
          const reached =
            error.status === 416 && session !== undefined ? await ask(session, repository, attempt) : undefined;
          session = reached?.session;
          from = reached?.from ?? 0;
          continue;
        }
        await sleep(backOff(tries));
        const reached = session === undefined ? undefined : await ask(session, repository, attempt);
        session = reached?.session;
        from = reached?.from ?? 0;
        if (from > blob.size) {
          session = undefined;
          from = 0;
        }
      }
    }
  }

  return {
    putBlob,
    beginUpload: (repository) => begin(repository, `begin an upload to ${host}/${repository}`),
    async mount(repository, digest, source) {
      if (capabilities.mount === false) return undefined;
      const attempt = `mount blob ${digest} of ${source} into ${host}/${repository}`;
      const query = new URLSearchParams({ mount: digest, from: requireRepository(source) });
      const answer = await exchange.send({
        method: 'POST',
        target: `${uploadsPath(repository)}?${query}`,
        headers: { 'content-length': '0' },
        scopes: [
          ...pushScope(repository),
          ...(source === repository ? [] : [{ repository: source, actions: ['pull' as const] }]),
        ],
        expect: [201, 202],
        attempt,
        signal,
      });
      discard(answer.body);
      if (answer.status === 201) return true;
      return sessionOf(answer, attempt);
    },
    async cancelUpload({ location }) {
      const answer = await exchange.send({
        method: 'DELETE',
        target: location,
        scopes: [],
        expect: [200, 202, 204, 404, 405],
        attempt: `cancel an upload at ${host}`,
        signal,
        tries: 1,
      });
      discard(answer.body);
    },
  };
}

interface Part {
  readonly repository: string;
  readonly session: UploadLocation;
  readonly blob: BlobName;
  readonly from: number;
  readonly to: number;
  readonly closing: boolean;
  readonly attempt: string;
}

/** The server took the request and not the bytes. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}

function tooLarge(attempt: string, status: number): RegistryError {
  return new RegistryError('protocol', `could not ${attempt}: it is refused as too large (${status})`, {
    status,
    hint: 'a proxy before the registry limits the size of a request: raise it, or set a smaller chunk size',
  });
}

const noLocation = 'the answer has no Location to go on at';

const falseLocation =
  'the registry does not know its own address: let the proxy before it pass Host and X-Forwarded-Proto on, or set http.relativeurls (http.host) in its configuration';

/** What the same request would meet again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  if (error.final) return true;
  switch (error.kind) {
    case 'unauthorized':
    case 'denied':
    case 'read-only':
    case 'tls':
    case 'interrupted':
    case 'input':
      return true;
    case 'corrupt':
      return error.status === undefined; // The source's bytes were wrong; a registry's DIGEST_INVALID may be the line's doing.
    default:
      return false;
  }
}

/** As many bytes of a stream as belong in a request; fewer are an error of the source, and too slow a flow is one of the line. */
function counted(
  content: Readable | Uint8Array,
  length: number,
  attempt: string,
  limits: TransferLimits,
  sent: (bytes: number) => void,
): Readable | Uint8Array {
  if (content instanceof Uint8Array) {
    sent(content.length);
    return content;
  }
  let left = length;
  const part = new Transform({
    highWaterMark: 64 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      const piece = chunk.subarray(0, left);
      left -= piece.length;
      watch.moved(piece.length);
      sent(piece.length);
      this.push(piece);
      if (left === 0 && piece.length < chunk.length) {
        this.push(null);
        content.destroy();
      }
      done();
    },
    flush(done) {
      done(
        left > 0 ? new RegistryError('corrupt', `could not ${attempt}: the source ended ${left} bytes early`) : null,
      );
    },
  });
  const watch = watchRate(part, attempt, limits);
  part.once('close', () => {
    watch.end();
    content.destroy();
  });
  content.once('error', (error) => part.destroy(error));
  return content.pipe(part);
}
