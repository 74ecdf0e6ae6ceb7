import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Bytes of an answer at most. */
const largest = 1 << 20;

/** Request to a provider. */
export interface ProviderRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Failure to get an answer from a provider. */
export class ProviderUnavailable extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'ProviderUnavailable';
  }
}

/**
 * Sends a request to a provider. Redirects are not followed; the answer is bounded in time and size.
 * @param ca authorities, PEM; undefined: those that Node knows
 * @throws ProviderUnavailable
 */
export async function fetchProvider(
  address: string,
  { method, headers, body }: ProviderRequest,
  { ca, timeout }: { readonly ca: string | undefined; readonly timeout: number },
): Promise<Response> {
  const url = new URL(address);
  const signal = AbortSignal.timeout(timeout);
  const options = { method, headers: { ...headers }, signal, agent: false as const };
  const request =
    url.protocol === 'https:'
      ? requestHttps(url, { ...options, ...(ca === undefined ? {} : { ca }) })
      : requestHttp(url, options);
  try {
    const answer = await answerOf(request, body === undefined || body === null ? undefined : String(body));
    return await responseOf(answer);
  } catch (error) {
    request.destroy();
    const reason = signal.aborted ? `no answer within ${timeout / 1000} s` : String(error);
    throw new ProviderUnavailable(`${url.origin}${url.pathname}: ${reason}`, { cause: error });
  }
}

function answerOf(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largest) throw new Error(`the answer has more than ${largest} bytes`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0 } = answer;
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => [name, each] as [string, string]),
  );
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers });
}
