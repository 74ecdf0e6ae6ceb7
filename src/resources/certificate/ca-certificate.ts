import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { anyContent } from '../../model/records.js';
import type { Apply, ControllerSession, HostContext, Plan, Resource } from '../../model/resource.js';
import { type Authority, ensureAuthority, readAuthority } from '../../pki/authority.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { carryOut } from '../content/carry-out.js';
import { contentOf, textOf } from '../content/file-content.js';
import { forceHint, isForced } from '../content/kept-content.js';
import { planContent } from '../content/plan-content.js';
import { fileKey, fileRemoval } from '../content/recorded-file.js';
import { obstacleToFile } from '../path/obstacle.js';
import { absolutePath, forceParams, needs } from '../path/path-params.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';
import { pathNeeds } from '../path/refs.js';
import { authority, authorityFolder } from './authority-folder.js';
import { type SystemTrust, systemTrust } from './system-trust.js';

const params = z
  .strictObject({
    path: absolutePath.optional().describe('Path of the certificate: `/etc/docker/certs.d/registry1:5000/ca.crt`'),
    system: z
      .boolean()
      .default(false)
      .describe('Instead of a path: add it to the authorities that the whole host trusts'),
    authority,
    ...forceParams,
    needs,
  })
  .refine(({ path, system }) => (path === undefined) === system, {
    error: 'needs path, or system: true, and not both',
  });

type Params = z.output<typeof params>;

interface CaState extends PathState {
  /** True where the list that the host's programs read holds it; undefined where no list is meant, or there is none. */
  readonly listed: boolean | undefined;
  readonly authority: Authority | undefined;
}

/**
 * Certificate of the run's own certificate authority, for programs that are to trust what it has issued.
 *
 * @example ca_certificate({ path: '/etc/docker/certs.d/registry1:5000/ca.crt' })
 */
export const ca_certificate = defineResource({
  kind: 'ca_certificate',
  summary: "The certificate of the run's own CA, trusted by a program or the whole host",
  params,
  create: (params): Resource<CaState> => ({
    kind: 'ca_certificate',
    id: params.path ?? 'of the system',
    provides: params.path === undefined ? [] : [`path:${params.path}`],
    needs: [
      ...params.needs,
      ...(params.path === undefined ? (['package:ca-certificates'] as const) : pathNeeds(params.path)),
    ],
    staging: 'path',
    probe: (host) => {
      const { path, trust } = placeOf(params, host);
      return joinSh([
        probePath(host.at(path), { root: host.root, content: true }),
        // One line of it, in the middle, is enough: it is of the key.
        ...(trust === undefined
          ? []
          : [
              sh`if command -v ${trust.update[0] ?? ''} >/dev/null 2>&1; then
  if [ -r ${path} ] && grep -qxF -e "$(sed -n 5p ${path})" ${trust.list} 2>/dev/null; then echo 'listed yes'; else echo 'listed no'; fi
fi`,
            ]),
      ]);
    },
    parse: (reply, host) => {
      const listed = /^listed (yes|no)$/m.exec(reply.stdout)?.[1];
      return {
        ...parsePath(reply, host.at(placeOf(params, host).path)),
        listed: listed === undefined ? undefined : listed === 'yes',
        authority: undefined,
      };
    },
    look: async (state, { host }) => ({ ...state, authority: await readAuthority(authorityFolder(params, host)) }),
    plan: (state, host) => plan(state, params, host),
  }),
});

function placeOf(
  { path }: Params,
  host: HostContext,
): { readonly path: string; readonly trust: SystemTrust | undefined } {
  if (path !== undefined) return { path, trust: undefined };
  const trust = systemTrust(host.facts);
  return { path: trust.path, trust: host.root === '' ? trust : undefined };
}

function plan(state: CaState, params: Params, host: HostContext): Plan<CaState> {
  const { trust } = placeOf(params, host);
  const { authority } = state;
  if (trust !== undefined && state.listed === undefined) {
    const message = `the host has no ${trust.update[0]}`;
    return { verdict: 'refused', message, hint: 'install the package ca-certificates' };
  }
  const planned =
    authority === undefined ? planWithoutAuthority(state, params, host) : planFile(state, authority, params, host);
  if (trust === undefined || planned.verdict === 'refused' || planned.verdict === 'kept') return planned;
  const update = sh`printed=$(${[...trust.update]} 2>&1) || { printf '%s\n' "$printed" >&2; exit 1; }`;
  if (planned.verdict === 'change') return { ...planned, apply: followWith(planned.apply, update) };
  if (state.listed === true) return { verdict: 'ok' };
  return { verdict: 'change', summary: 'added to the list of the host', apply: { via: 'sh', script: update } };
}

function planFile(file: PathState, authority: Authority, params: Params, host: HostContext): Plan<PathState> {
  const path = host.at(placeOf(params, host).path);
  const content = contentOf(authority.pem);
  return planContent(file, { ...params, path, content, mode: '0644', secret: false, backup: true }, host);
}

/** Plans for a run that has no authority yet: the change makes it. */
function planWithoutAuthority(state: CaState, params: Params, host: HostContext): Plan<PathState> {
  const { path } = placeOf(params, host);
  const obstacle = obstacleToFile(state, host.at(path));
  if (obstacle !== undefined) return obstacle;
  // Another controller, or a fresh clone of the site: the authority that the host trusts is kept elsewhere.
  if (state.type !== 'absent' && !isForced(params, host))
    return {
      verdict: 'kept',
      summary: `exists, and the controller has no CA${describeSubject(state)}: kept. Copy ${authorityFolder(params, host)} here from the controller that has it`,
      hint: forceHint(params),
    };
  const run = async (session: ControllerSession) => {
    const authority = await ensureAuthority(authorityFolder(params, host), 'ecdsa');
    const planned = planFile(state, authority, params, host);
    return planned.verdict === 'change' ? carryOut(planned.apply, session) : undefined;
  };
  const summary = `${state.type === 'absent' ? 'created' : 'replaced'}, with a CA that is made now`;
  const made = { key: fileKey(path), value: anyContent, removal: fileRemoval(path) };
  const writes = state.type === 'absent' ? { writes: [made] } : {};
  return { verdict: 'change', summary, apply: { via: 'controller', run }, ...writes };
}

/** Names the authority in a file, for a message. */
function describeSubject({ content }: PathState): string {
  try {
    return `; the host trusts ${new X509Certificate(textOf(content) ?? '').subject.replaceAll('\n', ', ')}`;
  } catch {
    return '';
  }
}

function followWith(apply: Apply, script: Sh): Apply {
  if (apply.via === 'sh') return { ...apply, script: joinSh([apply.script, sh`[ $? = 0 ] || exit`, script]) };
  const then: Apply = { via: 'sh', script };
  return { via: 'controller', run: async (session) => (await carryOut(apply, session)) ?? carryOut(then, session) };
}
