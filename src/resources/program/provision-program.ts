import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { madeThing } from '../content/recorded-file.js';
import { foreignLinkIn, printForeignLink, refuseForeignLink } from '../path/foreign-link.js';
import { absolutePath, needs } from '../path/path-params.js';
import { mountedIn, printMounted, removeTrees } from '../path/remove-tree.js';
import { ToolProgram, toolMain } from './tool-program.js';

const params = z.strictObject({
  path: absolutePath
    .regex(/^\/[\w.+/-]*\w$/, { error: 'must be letters, digits and . _ + - /' })
    .default('/opt/provision')
    .describe('Folder of the program; its command is `bin/provision` in it'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent`: removed'),
  sqlite: z
    .boolean()
    .default(true)
    .describe('Bring what SQLite needs: `false` for a service whose database is PostgreSQL'),
  needs,
});

type Params = z.output<typeof params>;

interface ProgramState {
  /** Version of Node on the host: `v20.19.0`; empty: none. */
  readonly node: string;
  /** Kind of machine, as Node's packages name it: `linux-x64-gnu`. */
  readonly platform: string;
  /** Digest of the program that the command runs; empty: none. */
  readonly digest: string;
  readonly exists: boolean;
  readonly foreignLink: string | undefined;
  readonly mounted: string | undefined;
}

/** Version of Node that the tool needs. */
const least = [20, 19] as const;

/**
 * This tool itself on a host, as a command: the program that runs, with all that it needs but Node. Nothing is fetched from
 * a network. A program that is replaced stays until the next one, for a service that still runs it.
 *
 * @example provision_program({ path: '/opt/provision', notify: restart })
 */
export const provision_program = defineResource({
  kind: 'provision_program',
  summary: 'This tool itself on a host, with all that it needs but Node',
  params,
  create: (params): Resource<ProgramState> => ({
    kind: 'provision_program',
    id: params.path,
    provides: [`path:${params.path}`, `path:${params.path}/bin/provision`],
    needs: [...params.needs, 'package:nodejs'],
    staging: 'skip',
    probe: () => probe(params),
    parse,
    plan: (state, host) => plan(state, params, host),
    result: ({ digest, platform }) => ({ exists: digest !== '', digest, platform }),
  }),
});

/** Program that prints what kind of machine it is, as @libsql's packages are named. */
const kindOfMachine =
  "const r = process.report; r.excludeNetwork = true; console.log('platform', process.platform + '-' + process.arch + '-' + (r.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'))";

function probe({ path, state }: Params): Sh {
  return sh`home=${path}
echo "node $(node --version 2>/dev/null)"
node -e ${kindOfMachine} 2>/dev/null
digest=$(sed -n 's/^# program //p' "$home/bin/provision" 2>/dev/null)
[ ! -f "$home/programs/$digest/${toolMain}" ] || echo "digest $digest"
[ ! -d "$home/programs" ] || echo exists
${printForeignLink(path)}
${state === 'absent' ? printMounted([path]) : sh`:`}
:`;
}

function parse(reply: Reply): ProgramState {
  const word = (name: 'node' | 'platform' | 'digest') =>
    reply.stdout
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? '';
  if (!reply.stdout.startsWith('node ')) throw new Error('could not look for the program');
  return {
    node: word('node'),
    platform: word('platform'),
    digest: word('digest'),
    exists: reply.stdout.split('\n').includes('exists'),
    foreignLink: foreignLinkIn(reply),
    mounted: mountedIn(reply),
  };
}

function plan(state: ProgramState, params: Params, { facts }: HostContext): Plan<ProgramState> {
  if (state.foreignLink !== undefined) return refuseForeignLink(params.path, state.foreignLink);
  if (params.state === 'absent') return planAbsent(state, params);
  if (!isEnough(state.node)) {
    const needed = `provision needs Node ${least.join('.')} or newer`;
    return {
      verdict: 'refused',
      message: state.node === '' ? `${needed}, and the host has no Node` : `${needed}; the host has ${state.node}`,
      hint: `install it first: the package nodejs where the distribution's is new enough (Debian 13, Ubuntu 25.04, Fedora, \`dnf module enable nodejs:20\`), else unpack the archive of nodejs.org for ${facts.arch} into /usr/local`,
    };
  }
  const program = ToolProgram.for(state.platform, params.sqlite);
  if ('problem' in program) return { verdict: 'refused', message: program.problem, hint: program.hint };
  if (state.digest === program.digest) return { verdict: 'ok' };
  return {
    verdict: 'change',
    summary: state.digest === '' ? 'installed' : 'updated',
    apply: { via: 'upload', content: () => program.tar(), script: install(params, program.digest), deadline: 300 },
    ...(!state.exists && {
      writes: [madeThing({ kind: 'provision_program', id: params.path }, { path: params.path, state: 'absent' })],
    }),
    verify: (after) => (after.digest === program.digest ? undefined : 'it is not there'),
  };
}

function planAbsent({ exists, mounted }: ProgramState, { path }: Params): Plan<ProgramState> {
  if (!exists) return { verdict: 'ok' };
  if (mounted !== undefined) {
    return { verdict: 'refused', message: `${mounted} is mounted, so nothing was removed`, hint: 'unmount it first' };
  }
  return {
    verdict: 'change',
    summary: 'removed',
    apply: {
      via: 'sh',
      script: sh`${removeTrees([`${path}/programs`])} || exit
rm -f ${path}/bin/provision
rmdir ${path}/bin ${path} 2>/dev/null
:`,
    },
  };
}

function isEnough(node: string): boolean {
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(node) ?? [];
  return Number(major) > least[0] || (Number(major) === least[0] && Number(minor) >= least[1]);
}

/** Installs the program from standard input. The command leads to it when it is whole and has run once. */
function install({ path, sqlite }: Params, digest: string): Sh {
  const native = sqlite ? sh`"$node" -e "require('$new/node_modules/libsql')"` : sh`:`;
  return sh`set -e
umask 022
home=${path}
mkdir -p "$home/programs" "$home/bin"
[ -O "$home" ] || { echo "$home belongs to another user, who could put another program into it" >&2; exit 1; }
new=$home/programs/.new
rm -rf "$new"; mkdir "$new"
tar -xf - -C "$new"
node=$(command -v node)
"$node" "$new/${toolMain}" --version >/dev/null
${native}
rm -rf "$home/programs/${digest}"; mv "$new" "$home/programs/${digest}"
former=$(sed -n 's/^# program //p' "$home/bin/provision" 2>/dev/null) || former=
printf '%s\n' '#!/bin/sh' '# Made by provision.' ${`# program ${digest}`} "exec \"$node\" \"$home/programs/${digest}/${toolMain}\" \"\$@\"" >"$home/bin/.provision.new"
chmod 755 "$home/bin/.provision.new"; mv "$home/bin/.provision.new" "$home/bin/provision"
for each in "$home"/programs/*; do
  case \${each##*/} in ${digest} | "$former") ;; *) rm -rf "$each" ;; esac
done`;
}
