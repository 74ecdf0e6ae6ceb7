import { X509Certificate } from 'node:crypto';
import type { Database } from '../store/database.js';
import { addServiceEvent } from './add-service-event.js';

const day = 86_400_000;

/** Days before the end of a certificate at which it is told of, each once. */
const noticeDays = [30, 14, 7, 1];

/** Certificate that ends some time. */
export interface WatchedCertificate {
  /** Words for people: `of the service`. */
  readonly name: string;
  /** PEM; the first certificate in it counts. */
  readonly pem: string;
}

/** Writes an event for each certificate that ends in 30, 14, 7 days or one, once for each of these, whichever service looks. */
export async function noticeCertificates(
  { db: database }: Database,
  certificates: readonly WatchedCertificate[],
  now: number,
): Promise<void> {
  for (const { name, pem } of certificates) {
    const certificate = new X509Certificate(pem);
    const endsAt = Date.parse(certificate.validTo);
    // The nearest alone: of several that were missed one is enough.
    const days = noticeDays.filter((each) => endsAt - now <= each * day).at(-1);
    if (days === undefined) continue;
    await database.transaction().execute(async (db) => {
      const given = await db
        .insertInto('given_notices')
        .values({ name: `certificate ${certificate.fingerprint256} ${days}`, at: now })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('name')
        .executeTakeFirst();
      if (given === undefined) return;
      await addServiceEvent(db, {
        kind: 'certificate.ending',
        subject: name,
        at: now,
        actor: '',
        data: {
          endsAt: new Date(endsAt).toISOString(),
          days: Math.max(0, Math.floor((endsAt - now) / day)),
          fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        },
      });
    });
  }
}
