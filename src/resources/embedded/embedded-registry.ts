import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { HostContext, Plan, Reply, Resource } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { foreignLinkIn, printForeignLink, refuseForeignLink } from '../path/foreign-link.js';
import { absolutePath } from '../path/path-params.js';
import { endSupervisor, ownSupervisor } from './own-supervisor.js';
import { RegistryProgram } from './program.js';

const params = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'must be small letters, digits and "-"' })
    .default('registry')
    .describe('Name of its service: `provision-NAME`'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent`: stopped and taken away'),
  directory: absolutePath.describe('Folder of the images'),
  home: absolutePath
    .optional()
    .describe(
      'Folder of the program. Default: `/usr/local/lib/provision/NAME`, without root `~/.local/share/provision/NAME`',
    ),
  address: z.string().default('').describe('Address that it listens on; empty: all of them'),
  port: z.int().min(1).max(65_535).default(5000).describe('Port'),
  read_only: z.boolean().default(false).describe('Refuse pushes and deletes'),
  delete_enabled: z.boolean().default(false).describe('Let manifests and blobs be deleted'),
  htpasswd: absolutePath.optional().describe('File of accounts (bcrypt)'),
  tls: z.strictObject({ certificate: absolutePath, key: absolutePath }).optional().describe('Certificate and key'),
  remove_images: z.boolean().default(false).describe('With `absent`: the folder of the images goes too'),
  force: z.boolean().default(false).describe('Update one that is there and differs, as `--force` does'),
});

type Params = z.output<typeof params>;

interface EmbeddedState {
  readonly node: string;
  /** What runs it: systemd, systemd of the user, or a supervisor of its own. */
  readonly manager: 'system' | 'user' | 'own';
  /** Version of the program, and what it was told, as it was started last; empty: never. */
  readonly program: string;
  readonly options: string;
  readonly running: boolean;
  /** HTTP status at its port; 0 when nothing answers. */
  readonly answers: number;
  readonly images: boolean;
  /** A link on the way to one of its folders that another user may have put there. */
  readonly foreignLink: string | undefined;
}

/**
 * A registry that needs nothing but Node on the host: it runs as a service, or under a supervisor where there is no
 * service manager, and stays when the run has ended.
 *
 * @example embedded_registry({ directory: '/var/lib/registry', port: 5000 })
 */
export const embedded_registry = defineResource({
  kind: 'embedded_registry',
  summary: 'A registry that needs nothing but Node',
  params,
  create: (params): Resource<EmbeddedState> => {
    let made: RegistryProgram | undefined;
    const program = () => {
      made ??= new RegistryProgram();
      return made;
    };
    return {
      kind: 'embedded_registry',
      id: params.name,
      provides: [`service:provision-${params.name}`, `port:${params.port}`],
      needs: ['package:nodejs', ...(params.htpasswd === undefined ? [] : [`path:${params.htpasswd}` as const])],
      staging: 'skip',
      probe: (host) => probe(params, homeOf(params, host)),
      parse,
      plan: (state, host) => plan(state, params, program, host),
      result: ({ running, manager, answers }) => ({ running, manager, answers: answers === 200 || answers === 401 }),
    };
  },
});

function homeOf({ home, name }: Params, { facts }: HostContext): string {
  if (home !== undefined) return home;
  return facts.uid === 0 ? `/usr/local/lib/provision/${name}` : `${facts.home}/.local/share/provision/${name}`;
}

function urlOf({ address, port, tls }: Params): string {
  const host = address === '' || address === '0.0.0.0' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${tls === undefined ? 'http' : 'https'}://${host}:${port}/v2/`;
}

/** Asks a registry for its version and prints the status; curl need not be there, Node is. */
const ask = `const h = require(process.argv[1].startsWith('https') ? 'node:https' : 'node:http');
const r = h.get(process.argv[1], { rejectUnauthorized: false, timeout: 3000 }, (a) => { console.log('answers', a.statusCode); process.exit(); });
r.on('timeout', () => r.destroy()); r.on('error', () => process.exit());`;

/** Defines `running`, which tells whether it runs, and `manager`. */
function managing({ name }: Params, home: string): Sh {
  return sh`home=${home} unit=${`provision-${name}.service`}
if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then manager=system
elif systemctl --user show-environment >/dev/null 2>&1; then manager=user
else manager=own; fi
control() { if [ $manager = user ]; then systemctl --user "$@"; else systemctl "$@"; fi; }
${ownSupervisor}
running() {
  if [ $manager = own ]; then supervised
  else control is-active -q "$unit"; fi
}`;
}

function probe(params: Params, home: string): Sh {
  return sh`${managing(params, home)}
echo "node $(node --version 2>/dev/null)"
echo "manager $manager"
echo "program $(cat "$home/made/program" 2>/dev/null)"
echo "options $(cat "$home/made/options" 2>/dev/null)"
running && echo running
[ -d ${params.directory} ] && echo images
${printForeignLink(home)}
${printForeignLink(params.directory)}
node -e ${ask} ${urlOf(params)} 2>/dev/null
:`;
}

function parse(reply: Reply): EmbeddedState {
  const { stdout } = reply;
  const word = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(stdout)?.[1] ?? '';
  const manager = word('manager');
  if (manager !== 'system' && manager !== 'user' && manager !== 'own')
    throw new Error('could not look at the registry');
  const lines = stdout.split('\n');
  return {
    node: word('node'),
    manager,
    program: word('program'),
    options: word('options'),
    running: lines.includes('running'),
    answers: Number(word('answers')),
    images: lines.includes('images'),
    foreignLink: foreignLinkIn(reply),
  };
}

function plan(
  state: EmbeddedState,
  params: Params,
  programOf: () => RegistryProgram,
  host: HostContext,
): Plan<EmbeddedState> {
  const home = homeOf(params, host);
  if (params.state === 'absent') return planAbsent(state, params, home);
  if (state.foreignLink !== undefined) return refuseLink(state.foreignLink, params, home);
  const major = Number(/^v(\d+)/.exec(state.node)?.[1] ?? 0);
  if (major < 20) {
    return {
      verdict: 'refused',
      message:
        state.node === ''
          ? 'the embedded registry needs Node 20 on the host, and there is none'
          : `the embedded registry needs Node 20 on the host; this is ${state.node}`,
      hint: 'registry_runtime: package or docker need no Node',
    };
  }
  const program = programOf();
  const options = optionsDigest(params);
  const ours = state.program !== '';
  const answers = state.answers !== 0;
  if (!state.running && answers) {
    return {
      verdict: 'refused',
      message: `something else answers at ${urlOf(params)}`,
      hint: 'give it another port: registry_port',
    };
  }
  const differs = ours && state.options !== options;
  if (differs && !(params.force || host.force)) {
    return {
      verdict: 'kept',
      summary: 'was set up with other options (port, folder, accounts …): left as it is',
      hint: 'registry_force: true (or --force) updates it',
    };
  }
  const outdated = state.program !== program.version;
  if (state.running && answers && !outdated && !differs) return { verdict: 'ok', note: `answers at ${urlOf(params)}` };
  const summary = !ours
    ? 'set up and started'
    : differs
      ? 'updated and restarted'
      : outdated
        ? 'its program updated, and restarted'
        : 'started';
  return {
    verdict: 'change',
    summary: `${summary}, at ${urlOf(params)}`,
    apply: {
      via: 'upload',
      content: () => program.tar(),
      script: install(params, home, program.version, options),
      deadline: 120,
    },
    verify: (after) =>
      after.running && after.answers !== 0
        ? undefined
        : `it ${after.running ? 'runs, but does not answer' : 'does not run'} at ${urlOf(params)}`,
  };
}

function planAbsent(
  { program, running, manager, images, foreignLink }: EmbeddedState,
  params: Params,
  home: string,
): Plan<EmbeddedState> {
  const removes = params.remove_images && images;
  if (program === '' && !running && !removes) return { verdict: 'ok' };
  if (foreignLink !== undefined) return refuseLink(foreignLink, params, home);
  return {
    verdict: 'change',
    summary: `${running ? 'stopped and ' : ''}taken away${removes ? ', with its images' : ''}`,
    apply: {
      via: 'sh',
      script: sh`${managing(params, home)}
${stopping}
${
  manager === 'own'
    ? sh`:`
    : sh`${unitFolder}
rm -f "$units/$unit" && control daemon-reload`
}
rm -rf ${home} ${removes ? [params.directory] : []}`,
      deadline: 60,
    },
    verify: (after) => (after.running || after.program !== '' ? 'it is still there' : undefined),
  };
}

function refuseLink(link: string, { directory }: Params, home: string) {
  return refuseForeignLink(`${home}/`.startsWith(`${link}/`) ? home : directory, link);
}

function optionsDigest(params: Params): string {
  return createHash('sha256')
    .update(JSON.stringify(mainOptions(params)))
    .digest('hex')
    .slice(0, 16);
}

function mainOptions({ directory, address, port, read_only, delete_enabled, htpasswd, tls }: Params): string[] {
  return [
    ...['--dir', directory, '--host', address === '' ? '0.0.0.0' : address, '--port', String(port)],
    ...(read_only ? ['--read-only'] : []),
    ...(delete_enabled ? ['--delete'] : []),
    ...(htpasswd === undefined ? [] : ['--htpasswd', htpasswd]),
    ...(tls === undefined ? [] : ['--tls-cert', tls.certificate, '--tls-key', tls.key]),
    '--log',
  ];
}

const stopping = sh`if [ $manager != own ]; then control disable -q --now "$unit" 2>/dev/null
else
  ${endSupervisor}
fi`;

const unitFolder = sh`if [ $manager = user ]; then units=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user; else units=/etc/systemd/system; fi`;

/** The program is laid beside the old one and takes its place when it is whole. */
function install(params: Params, home: string, version: string, options: string): Sh {
  const main = `${home}/program/registry/server/main.js`;
  return sh`set -e
${managing(params, home)}
umask 022
mkdir -p "$home" ${params.directory}
[ -O "$home" ] || { echo "$home belongs to another user, who could put another program into it" >&2; exit 1; }
rm -rf "$home/program.new"; mkdir "$home/program.new"
tar -xf - -C "$home/program.new"
test -f "$home/program.new/registry/server/main.js"
set +e
${stopping}
set -e
rm -rf "$home/program.old"; [ ! -d "$home/program" ] || mv "$home/program" "$home/program.old"
mv "$home/program.new" "$home/program"; rm -rf "$home/program.old"
node=$(command -v node)
if [ $manager = own ]; then
  node "$home/program/registry/supervisor/supervise.js" start "$home/pid" "$home/log" "$node" ${main} ${mainOptions(params)}
else
  ${unitFolder}
  mkdir -p "$units"
  wanted=multi-user.target; [ $manager = system ] || wanted=default.target
  printf '%s\n' '[Unit]' ${`Description=Container registry ${params.name}`} 'After=network-online.target' '[Service]' \
    "ExecStart=$node "${[main, ...mainOptions(params)].map(unitWord).join(' ')} 'Restart=on-failure' 'NoNewPrivileges=yes' '[Install]' "WantedBy=$wanted" >"$units/.$unit.new"
  mv "$units/.$unit.new" "$units/$unit"
  control daemon-reload
  control enable -q --now "$unit"
fi
i=0
until node -e ${ask} ${urlOf(params)} 2>/dev/null | grep -q answers; do
  i=$((i + 1)); [ $i -lt 50 ] || { echo "it does not answer" >&2; tail -n 5 "$home/log" >&2 2>/dev/null || control status --no-pager "$unit" >&2; exit 1; }
  sleep 0.2
done
rm -rf "$home/made.new" "$home/made"; mkdir "$home/made.new"
echo ${version} >"$home/made.new/program"; echo ${options} >"$home/made.new/options"
mv "$home/made.new" "$home/made"`;
}

/** A word of ExecStart (systemd.service, "Command lines"). */
function unitWord(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
