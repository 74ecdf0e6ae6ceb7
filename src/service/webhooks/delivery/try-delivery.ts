import { rootCertificates } from 'node:tls';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { signatureHeaders, type WebhookSecret } from '../signatures.js';
import { type TargetGuard, TargetRefused } from '../target/target-guard.js';
import type { OpenedWebhook } from '../webhooks.js';
import type { StoredDelivery } from './deliveries.js';
import type { EndedTry } from './end-try.js';
import { hideInHeaders, hideSecrets } from './hide-secrets.js';
import { postMessage } from './post-message.js';

/** Milliseconds of a try, from the look-up of its target to the last byte that is read. */
export const tryTime = 10_000;

/** Parts of a path or query that are so long are taken for a secret: `https://hooks.slack.com/services/…`. */
const secretPart = 12;
const largestCa = 1 << 20;

interface Parts {
  readonly guard: TargetGuard;
  readonly caFile: string | undefined;
  readonly now: () => number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Sends a delivery once. What is written down of it has no secret, whatever the receiver sent back. */
export async function tryDelivery(
  { guard, caFile, now, signal }: Parts,
  { url: address, headers: own, secrets }: OpenedWebhook,
  { id, body, content_type: contentType }: StoredDelivery,
): Promise<EndedTry> {
  const at = now();
  const began = performance.now();
  const url = new URL(address);
  const hidden = hiddenTexts(url, own, secrets);
  const headers = {
    'content-type': contentType,
    'user-agent': 'provision-webhooks/1',
    ...signatureHeaders(id, body, secrets, at),
    ...own,
  };
  const ended = (rest: Pick<EndedTry, 'answer' | 'error'>): EndedTry => ({
    at,
    duration: Math.round(performance.now() - began),
    requestHeaders: shownHeaders(headers, own),
    isFinal: false,
    ...rest,
  });
  const inTime = AbortSignal.timeout(tryTime);
  const ends = AbortSignal.any([inTime, signal]);
  try {
    const addresses = await unless(ends, guard.addressesOf(url));
    const ca = caFile === undefined ? undefined : [...rootCertificates, readTextFile(caFile, { most: largestCa })];
    const {
      status,
      headers: answered,
      body: text,
    } = await postMessage({ url, addresses, headers, body, ca, signal: ends });
    const answer = { status, headers: hideInHeaders(answered, hidden), body: hideSecrets(text, hidden) };
    const isRedirect = status >= 300 && status < 400;
    return ended({ answer, error: isRedirect ? `it was answered by ${status}: redirects are not followed` : '' });
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = inTime.aborted ? `no answer within ${tryTime / 1000} s` : reasonOfFailure(error);
    return ended({ answer: undefined, error: hideSecrets(reason, hidden).slice(0, 500) });
  }
}

/** Waits for something that can't be ended itself. @throws the signal's reason */
async function unless<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return await new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function reasonOfFailure(error: unknown): string {
  if (error instanceof TargetRefused) return error.message;
  if (error instanceof AggregateError) return error.errors.map(reasonOfFailure).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Returns the texts that nothing which is kept may have. */
function hiddenTexts(
  { search, pathname, href }: URL,
  headers: Readonly<Record<string, string>>,
  secrets: readonly WebhookSecret[],
): string[] {
  const parts = [...pathname.split('/'), ...new URLSearchParams(search).values()];
  return [
    href,
    ...secrets.flatMap(({ secret }) => [secret, secret.replace(/^whsec_/, '')]),
    ...Object.values(headers),
    ...parts.filter((part) => part.length >= secretPart),
  ];
}

/** Returns the headers as they are shown: signatures, and headers that somebody gave, without their values. */
function shownHeaders(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const isHidden = (name: string) => own[name] !== undefined || /signature/.test(name);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isHidden(name) ? '…' : value]));
}
