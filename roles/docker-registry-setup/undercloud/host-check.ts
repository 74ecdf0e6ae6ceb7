import { z } from 'zod';
import { defineResource, type Resource, type Results, sh } from '../../../src/index.js';
import { registry_look } from '../../image-sync/registry-look.js';
import type { PrepareSettings } from './prepare-command.js';
import { lookAtPrepared, type PreparedFiles, readPrepared } from './prepared-files.js';
import { recognise, type UndercloudProfile } from './profile.js';

const params = z.strictObject({
  /** This host's registry if it is no undercloud, and if it is one. */
  plain: z.string(),
  undercloud: z.string(),
  /** True or false where that is decided already; else the profile decides. */
  decided: z.boolean().optional(),
  profile: z.custom<UndercloudProfile>(),
  asked: z.custom<PrepareSettings>(),
  client: z.enum(['auto', 'overcloud', 'tripleo']),
});

interface HostCheckState {
  readonly undercloud: boolean;
  /** Reason why the host is no undercloud. */
  readonly lacks: string;
  readonly look: unknown;
  readonly prepared: PreparedFiles | undefined;
}

/** State of the host: undercloud or not, content of its registry, files of an earlier prepare. Read in one probe. */
export interface HostCheck {
  readonly undercloud: boolean;
  readonly answers: boolean;
  readonly repositories: readonly string[];
  readonly prepared: PreparedFiles | undefined;
}

export const host_check = defineResource({
  kind: 'host_check',
  summary: 'Whether a host is an undercloud, and what its registry holds',
  params,
  create: ({ plain, undercloud, decided, profile, asked, client }): Resource<HostCheckState> => {
    const looks = {
      plain: registry_look.create({ registry: plain, required: false }),
      undercloud: registry_look.create({ registry: undercloud, required: false }),
    };
    const lookOf = (state: Pick<HostCheckState, 'undercloud'>) => (state.undercloud ? looks.undercloud : looks.plain);
    return {
      kind: 'host_check',
      id: plain,
      provides: [],
      needs: looks.plain.needs,
      staging: 'skip',
      probeDeadline: 600,
      probe: (host) => sh`answer=$(
${decided === undefined ? recognise(profile) : sh`echo ${`undercloud ${decided ? 'yes' : 'no'} `}`}
)
echo "$answer"
case $answer in
'undercloud yes'*)
echo @prepared
(
${lookAtPrepared(asked, client)}
)
echo @look
(
${looks.undercloud.probe(host)}
) ;;
*)
echo @look
(
${looks.plain.probe(host)}
) ;;
esac`,
      parse: (reply, host) => {
        const [, found, lacks = ''] = /^undercloud (yes|no) ?(.*)$/m.exec(reply.stdout) ?? [];
        if (found === undefined) throw new Error(`could not look at the host: ${reply.stderr.trim()}`);
        const at = reply.stdout.lastIndexOf('\n@look\n');
        const [, before] = reply.stdout.slice(0, at + 1).split(/^@prepared\n([\s\S]*)$/m);
        const state = { undercloud: found === 'yes', lacks };
        return {
          ...state,
          look: lookOf(state).parse({ ...reply, stdout: reply.stdout.slice(at + 1) }, host),
          prepared: before === undefined ? undefined : readPrepared({ ...reply, stdout: before }),
        };
      },
      plan: (state, host) => {
        const look = lookOf(state).plan(state.look, host);
        if (look.verdict !== 'ok') return look;
        const kind = state.undercloud ? 'an undercloud' : 'no undercloud';
        const details = [...(state.lacks === '' ? [] : [`no undercloud: ${state.lacks}`]), ...(look.details ?? [])];
        return { verdict: 'ok', note: `${kind}; ${look.note ?? ''}`, details };
      },
      result: (state) => ({
        ...lookOf(state).result?.(state.look),
        undercloud: state.undercloud,
        prepared: state.prepared,
      }),
    };
  },
});

const result = z.object({
  undercloud: z.boolean().default(false),
  answers: z.boolean().default(false),
  repositories: z.array(z.string()).default([]),
  prepared: z.custom<PreparedFiles | undefined>(),
});

/** Returns the registered result of {@link host_check}; that of a bare host where it did not run. */
export function checkedHost(results: Results, name: string): HostCheck {
  return result.parse(results.get(name) ?? {});
}
