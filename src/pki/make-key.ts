import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Kinds of keys: ECDSA on P-256, or RSA for clients that know no other. */
export const keyKinds = ['ecdsa', 'rsa'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** A private key, made anew: PEM, PKCS #8 without a passphrase. */
export async function makeKey(kind: KeyKind): Promise<string> {
  const { privateKey } =
    kind === 'rsa' ? await generate('rsa', { modulusLength: 3072 }) : await generate('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
