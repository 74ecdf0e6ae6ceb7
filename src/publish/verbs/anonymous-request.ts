import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { RegistryError } from '../../registry/registry-error.js';

/** Answer to a request without an account. */
export interface AnonymousAnswer {
  /** Address that gave it, without its query: redirects may have led elsewhere, with a signature. */
  readonly from: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** Content-Length; undefined: there was none. */
  readonly length: number | undefined;
  /** Empty for HEAD. */
  readonly bytes: Buffer;
}

/** Options of {@link askAnonymously}. */
export interface AnonymousOptions {
  readonly method: 'GET' | 'HEAD';
  /** Bytes of a body at most. */
  readonly most: number;
  /** Types that are accepted. Default: any. */
  readonly accept?: string | undefined;
  /** Authorities to trust besides, PEM. */
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const mostRedirects = 5;
/** Milliseconds in which something has to come. */
const patience = 60_000;

/** Asks for an address as anybody may, and follows redirects. @throws RegistryError `unreachable`, `protocol`, `corrupt` for too long a body */
export async function askAnonymously(url: string, options: AnonymousOptions): Promise<AnonymousAnswer> {
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await send(at, options);
    const { statusCode = 0, headers } = answer;
    const location = headers.location;
    if (statusCode >= 300 && statusCode < 400 && location !== undefined && URL.canParse(location, at)) {
      answer.resume();
      at = new URL(location, at).href;
      continue;
    }
    const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
    const bytes = await bodyOf(answer, options.most, at);
    const from = at.replace(/\?.*$/s, '');
    return { from, status: statusCode, contentType: headers['content-type'], length, bytes };
  }
  throw new RegistryError('protocol', `${url} leads from redirect to redirect`, {
    hint: 'check the public address (--url)',
  });
}

function send(url: string, { method, accept, ca, signal }: AnonymousOptions): Promise<IncomingMessage> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const headers = accept === undefined ? {} : { accept };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers, timeout: patience, ...trust, ...(signal === undefined ? {} : { signal }) },
      resolve,
    );
    sent.once('timeout', () => sent.destroy(new Error('no answer came within a minute')));
    sent.once('error', (error) => {
      const kind = signal?.aborted === true ? 'interrupted' : 'unreachable';
      reject(
        new RegistryError(kind, `could not read ${url}: ${error.message}`, {
          cause: error,
          hint: 'check the public address (--url)',
        }),
      );
    });
    sent.end();
  });
}

async function bodyOf(answer: IncomingMessage, most: number, url: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer) {
      length += chunk.length;
      if (length > most) throw new RegistryError('corrupt', `${url} gives more than the ${most} bytes that it should`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    throw new RegistryError('unreachable', `could not read ${url}: ${(error as Error).message}`, { cause: error });
  }
  return Buffer.concat(chunks);
}
