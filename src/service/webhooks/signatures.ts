import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** Secret by which a webhook's messages are signed. */
export interface WebhookSecret {
  readonly secret: string;
  /** Milliseconds since 1970 until which it signs beside a newer one; null: it is the newest. */
  readonly until: number | null;
}

/** Makes a secret (Standard Webhooks): 256 random bits. */
export function makeWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`;
}

/** Returns the headers that sign a message (Standard Webhooks 1.0), also in the form that receivers made for GitHub check. */
export function signatureHeaders(
  id: string,
  body: string,
  secrets: readonly WebhookSecret[],
  now: number,
): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  const current = secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret);
  const [newest = ''] = current;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': current.map((secret) => `v1,${signature(secret, `${id}.${seconds}.${body}`)}`).join(' '),
    // There the secret is the key as it is written, and one signature is all that fits.
    'x-hub-signature-256': `sha256=${createHmac('sha256', newest).update(body).digest('hex')}`,
  };
}

function signature(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return createHmac('sha256', key).update(text).digest('base64');
}
