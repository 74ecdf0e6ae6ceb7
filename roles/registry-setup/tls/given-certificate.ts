import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineResource, type HostContext, type Plan, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({
  src: z.string().describe('Certificate of the controller that the registry is to serve'),
  names: z.array(z.string()).describe('Names by which clients may reach it; one of them should be in it'),
  force: z.boolean().default(false),
});

type Params = z.output<typeof params>;

/** Certificate of the controller, judged before it is sent: its dates, and the names that clients compare. */
export const given_certificate = defineResource({
  kind: 'given_certificate',
  summary: 'A certificate of the controller that clients will take',
  params,
  create: (params): Resource<undefined> => ({
    kind: 'given_certificate',
    id: params.src,
    provides: [],
    needs: [],
    staging: 'path',
    probe: () => sh`:`,
    parse: () => undefined,
    plan: (_, host) => plan(params, host),
  }),
});

function plan({ src, names, force }: Params, host: HostContext): Plan<undefined> {
  const pem = readFileSync(host.files.file(src), 'utf8');
  if (pem.startsWith('$ANSIBLE_VAULT')) return { verdict: 'ok' };
  const problem = judgeGivenCertificate(pem, names, new Date());
  if (problem === undefined) return { verdict: 'ok' };
  if (problem.isFatal && !force && !host.force)
    return {
      verdict: 'refused',
      message: `registry_tls.src.certificate ${src} ${problem.message}`,
      hint: 'give another certificate, or set registry_force: true (or --force) to serve it all the same',
    };
  return { verdict: 'ok', note: `${src} ${problem.message}` };
}

/** Returns what clients will object to in a certificate (PEM, the first one counts); undefined where nothing is known. */
export function judgeGivenCertificate(
  pem: string,
  names: readonly string[],
  now: Date,
): { readonly message: string; readonly isFatal: boolean } | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return { message: 'holds no certificate (PEM)', isFatal: true };
  }
  const { subjectAltName, validFrom, validTo } = certificate;
  if (new Date(validTo) <= now) return { message: `ended on ${validTo}`, isFatal: true };
  if (new Date(validFrom) > now) return { message: `begins on ${validFrom}`, isFatal: true };
  if (subjectAltName === undefined)
    return {
      message: 'has a common name only, and no subjectAltName: docker, podman and containerd refuse it',
      isFatal: true,
    };
  const isNamed = names.some(
    (name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
  );
  return isNamed
    ? undefined
    : { message: `is for ${subjectAltName}, and not for ${names.join(' or ')}`, isFatal: false };
}
