import type { LookupAddress } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** Bytes of an answer's body that are read and shown. */
const mostBody = 4096;
/** Letters of an answer's headers that are shown. */
const mostHeaders = 8192;

/** Request of a delivery. */
export interface DeliveryRequest {
  readonly url: URL;
  /** Addresses to which it may connect: no others are asked for. */
  readonly addresses: readonly LookupAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Authorities of certificates, PEM; undefined: those that Node knows. */
  readonly ca: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Answer of a receiver. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** First bytes of it. */
  readonly body: string;
}

/**
 * Sends a body. Its status counts as soon as it is there: what comes behind it is shown, as far as it came.
 * @throws Error of the system, of TLS, of the signal
 */
export async function postMessage({
  url,
  addresses,
  headers,
  body,
  ca,
  signal,
}: DeliveryRequest): Promise<ReceiverAnswer> {
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
    agent: false as const,
    lookup: pinned(addresses),
    signal,
  };
  const request =
    url.protocol === 'https:'
      ? requestHttps(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: [...ca] }) })
      : requestHttp(url, options);
  try {
    const answer = await answerOf(request, body);
    return { status: answer.statusCode ?? 0, headers: shownHeaders(answer), body: await firstBytes(answer) };
  } finally {
    request.destroy();
  }
}

/** Makes the look-up that knows these addresses alone. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, done) => {
    const wanted = addresses.filter(
      ({ family }) => options.family === undefined || options.family === 0 || family === options.family,
    );
    const [first] = wanted;
    if (first === undefined) done(new Error('it has no address of this kind'), '', 0);
    else if (options.all === true) done(null, [...wanted]);
    else done(null, first.address, isIP(first.address));
  };
}

function answerOf(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** Reads the first bytes of a body; it may be cut, slow or endless. */
async function firstBytes(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostBody) break;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error; // It was cut, or took too long: its status was there.
  }
  // PostgreSQL takes no NUL.
  return Buffer.concat(chunks).subarray(0, mostBody).toString('utf8').replaceAll('\0', '\ufffd');
}

function shownHeaders({ headers }: IncomingMessage): Record<string, string> {
  const shown: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = [value].flat().join(', ');
    length += name.length + text.length;
    if (length > mostHeaders) break;
    shown[name] = text.replaceAll('\0', '\ufffd');
  }
  return shown;
}
