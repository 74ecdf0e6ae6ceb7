import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { anyContent, type WrittenText } from '../../model/records.js';
import type { HostContext, Plan, Resource } from '../../model/resource.js';
import { type Authority, ensureAuthority, readAuthority } from '../../pki/authority.js';
import { isCertificateName } from '../../pki/certificate-names.js';
import { judgeCertificate } from '../../pki/judge-certificate.js';
import { keyKinds, makeKey, publicKeyOf } from '../../pki/keys.js';
import { joinSh, sh } from '../../sh.js';
import { textOf } from '../content/file-content.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { fileKey, fileRemoval } from '../content/recorded-file.js';
import { attributeDifferences, missingAccount, setAttributes } from '../path/attributes.js';
import { missingFolder, obstacleToFile } from '../path/obstacle.js';
import { absolutePath, forceParams, mode, needs, pathGroup, pathOwner } from '../path/path-params.js';
import { accountNeeds, pathNeeds } from '../path/refs.js';
import { authority, authorityFolder } from './authority-folder.js';
import { installPair } from './install.js';
import { namesOf } from './names.js';
import { type PairProbe, parsePair, probePair } from './probe.js';

const params = z
  .strictObject({
    certificate: absolutePath.describe('Path of the certificate'),
    key: absolutePath.describe('Path of its private key'),
    names: z
      .array(z.string().refine(isCertificateName, { error: 'must be a host name or an IP address' }))
      .default([])
      .describe("Names and addresses of the certificate, beside the host's own"),
    days: z.int().min(1).max(3650).default(397).describe('Days that a new certificate is valid'),
    renew_days: z
      .int()
      .min(0)
      .optional()
      .describe('Days before its end from which it is renewed. Default: 30, or a third of `days` where that is less'),
    key_type: z.enum(keyKinds).default('ecdsa').describe('Kind of a new key: ecdsa (P-256), or rsa'),
    authority,
    owner: pathOwner.default('root').describe('User who owns both files'),
    group: pathGroup.default('root').describe('Group that owns both files, and may read the key'),
    key_mode: mode.optional().describe('Permissions of the key; 0600, with a group 0640'),
    ...forceParams,
    needs,
  })
  .refine(({ days, renew_days }) => renew_days === undefined || renew_days < days, {
    error: 'must be less than days, or it would be renewed by every run',
    path: ['renew_days'],
  });

type Params = z.output<typeof params>;

interface CertificateState extends PairProbe {
  readonly authority: Authority | undefined;
}

/**
 * Certificate of a host and its key, issued by the certificate authority that the run keeps on the controller.
 *
 * @example certificate({ certificate: '/etc/registry/tls.crt', key: '/etc/registry/tls.key', names: ['registry.example.org'], notify: restart })
 */
export const certificate = defineResource({
  kind: 'certificate',
  summary: "A host's certificate by the run's own CA, renewed before it ends",
  params,
  create: (params): Resource<CertificateState> => ({
    kind: 'certificate',
    id: params.certificate,
    provides: [`path:${params.certificate}`, `path:${params.key}`],
    needs: [
      ...params.needs,
      ...pathNeeds(params.certificate),
      ...pathNeeds(params.key),
      ...accountNeeds(params.owner, params.group),
    ],
    staging: 'path',
    probe: (host) => probePair(params, host),
    parse: (reply, host) => ({ ...parsePair(reply, params, host), authority: undefined }),
    look: async (state, { host }) => ({ ...state, authority: await readAuthority(authorityFolder(params, host)) }),
    plan: (state, host) => plan(state, params, host),
  }),
});

function plan(state: CertificateState, params: Params, host: HostContext): Plan<CertificateState> {
  const [certificatePath, keyPath] = [host.at(params.certificate), host.at(params.key)];
  const obstacle = obstacleToFile(state.certificate, certificatePath) ?? obstacleToFile(state.key, keyPath);
  if (obstacle !== undefined) return obstacle;
  const names = namesOf(host, params.names);
  if (state.certificate.type === 'absent') return issue(state, params, host, { summary: 'issued', names });

  const pem = textOf(state.certificate.content) ?? '';
  const { authority, keyPrint } = state;
  const renewDays = params.renew_days ?? Math.min(30, Math.floor(params.days / 3));
  const judged = judgeCertificate(pem, { names, renewDays, authority, keyPrint });
  switch (judged.verdict) {
    case 'foreign':
      if (isForced(params, host)) return issue(state, params, host, { summary: `replaced: ${judged.reason}`, names });
      return { verdict: 'kept', summary: `exists and differs: ${judged.reason}`, hint: forceHint(params) };
    case 'renew': {
      const summary = `renewed: ${judged.reasons.join(', ')}`;
      return issue(state, params, host, { summary, names, ...(judged.keepsKey ? { keyOf: pem } : {}) });
    }
    case 'fits':
      return planOwnership(state, params, host, `valid until ${judged.expires.toISOString().slice(0, 10)}`);
  }
}

function issue(
  state: CertificateState,
  params: Params,
  host: HostContext,
  /** `keyOf`: the certificate (PEM) whose key, on the host, is used again. */
  how: { readonly summary: string; readonly names: readonly string[]; readonly keyOf?: string },
): Plan<CertificateState> {
  const uncertain =
    missingFolder(state.certificate, host.at(params.certificate), host.root) ??
    missingFolder(state.key, host.at(params.key), host.root) ??
    missingAccount(state.certificate, params, host.root);
  return {
    verdict: 'change',
    summary: how.summary,
    details: [`for ${how.names.join(', ')}`],
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(state.certificate.type === 'absent' && { writes: [params.certificate, params.key].map(madeFile) }),
    apply: {
      via: 'controller',
      run: async (session) => {
        const authority = await ensureAuthority(authorityFolder(params, host), params.key_type);
        const keyPem = how.keyOf === undefined ? await makeKey(params.key_type) : undefined;
        const publicKey =
          keyPem === undefined
            ? new X509Certificate(how.keyOf ?? '').publicKey.export({ type: 'spki', format: 'der' })
            : publicKeyOf(keyPem);
        const { issueCertificate } = await import('../../pki/issue-certificate.js');
        const certificatePem = await issueCertificate(authority, { publicKey, names: how.names, days: params.days });
        // What is replaced together with its key may be somebody else's.
        const backup = keyPem !== undefined;
        const keyMode = keyModeOf(params);
        const { script, stdin } = installPair({ ...params, keyMode, state, certificatePem, keyPem, backup }, host);
        const { status, stderr } = await session.run(script, { stdin });
        return status === 0 ? undefined : stderr.trim() || `exit status ${status}`;
      },
    },
  };
}

function planOwnership(
  { certificate, key }: CertificateState,
  params: Params,
  host: HostContext,
  note: string,
): Plan<CertificateState> {
  const { owner, group } = params;
  const keyWanted = { owner, group, mode: keyModeOf(params) };
  const differences = [
    ...attributeDifferences(certificate, { owner, group, mode: '0644' }, host.root).map(
      (each) => `certificate ${each}`,
    ),
    ...attributeDifferences(key, keyWanted, host.root).map((each) => `key ${each}`),
  ];
  if (differences.length === 0) return { verdict: 'ok', note };
  const uncertain = missingAccount(certificate, params, host.root);
  const script = joinSh([
    sh`(`,
    setAttributes(sh`${certificate.real}`, certificate, { owner, group, mode: '0644' }, host.root),
    setAttributes(sh`${key.real}`, key, keyWanted, host.root),
    sh`)`,
  ]);
  return {
    verdict: 'change',
    summary: differences.join(', '),
    apply: { via: 'sh', script },
    affects: [],
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}

/** Its content is another with each renewal. */
function madeFile(path: string): WrittenText {
  return { key: fileKey(path), value: anyContent, removal: fileRemoval(path) };
}

function keyModeOf({ key_mode, group }: Params): string {
  return key_mode ?? (group === 'root' || group === '0' ? '0600' : '0640');
}
