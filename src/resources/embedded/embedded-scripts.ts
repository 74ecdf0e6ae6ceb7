import { type Sh, sh } from '../../sh.js';
import { removeTrees } from '../path/remove-tree.js';
import { configText, type EmbeddedParams, mainOptions, urlOf } from './embedded-params.js';
import { endSupervisor, ownSupervisor } from './own-supervisor.js';
import { configName } from './program.js';

/** Program that queries a registry and prints the status; the host has Node, but may have no curl. */
const ask = `const [url, wants] = process.argv.slice(1);
const h = require(url.startsWith('https') ? 'node:https' : 'node:http');
const say = (status) => { console.log('answers', status); process.exit(); };
let shook = false;
const r = h.get(url, { rejectUnauthorized: false, timeout: 3000 }, (a) => say(a.statusCode));
r.on('socket', (s) => s.on('secureConnect', () => { shook = true; }));
r.on('timeout', () => process.exit());
r.on('error', () => (shook && wants === 'certificate' ? say(401) : process.exit()));`;

/**
 * Prints `answers` and the HTTP status of the registry's API; nothing where nothing answers. A registry that wants a
 * certificate of each client ends the connection after the handshake: that is 401.
 */
export function printAnswer(params: EmbeddedParams): Sh {
  const wantsCertificate = params.tls_client_ca !== undefined && params.tls_client_auth !== 'optional';
  return sh`node -e ${ask} ${urlOf(params)} ${wantsCertificate ? 'certificate' : 'nothing'} 2>/dev/null`;
}

/** Sets `manager` to what runs the registry, and defines `running`, which tells whether it runs. */
export function useManager({ name }: EmbeddedParams, home: string): Sh {
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

const stopping = sh`if [ $manager != own ]; then control disable -q --now "$unit" 2>/dev/null
else
  ${endSupervisor}
fi`;

const unitFolder = sh`if [ $manager = user ]; then units=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user; else units=/etc/systemd/system; fi`;

/** Options of an installation. */
export interface EmbeddedInstallOptions {
  readonly home: string;
  readonly version: string;
  /** Digest of the options, to be recorded. */
  readonly options: string;
}

/** Installs the program from standard input: it takes the place of the old one when it is whole, and is started. */
export function installEmbedded(params: EmbeddedParams, { home, version, options }: EmbeddedInstallOptions): Sh {
  const main = `${home}/program/registry/server/main.js`;
  const words = [
    ...mainOptions(params),
    ...(configText(params) === undefined ? [] : ['--config', `${home}/program/${configName}`]),
  ];
  return sh`set -e
${useManager(params, home)}
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
  node "$home/program/registry/supervisor/supervise.js" start "$home/pid" "$home/log" "$node" ${main} ${words}
else
  ${unitFolder}
  mkdir -p "$units"
  wanted=multi-user.target; [ $manager = system ] || wanted=default.target
  printf '%s\n' '[Unit]' ${`Description=Container registry ${params.name}`} 'After=network-online.target' '[Service]' \
    "ExecStart=$node "${[main, ...words].map(unitWord).join(' ')} 'Restart=on-failure' 'NoNewPrivileges=yes' '[Install]' "WantedBy=$wanted" >"$units/.$unit.new"
  mv "$units/.$unit.new" "$units/$unit"
  control daemon-reload
  control enable -q --now "$unit"
fi
i=0
until ${printAnswer(params)} | grep -q answers; do
  i=$((i + 1)); [ $i -lt 50 ] || { echo "it does not answer" >&2; tail -n 5 "$home/log" >&2 2>/dev/null || control status --no-pager "$unit" >&2; exit 1; }
  sleep 0.2
done
rm -rf "$home/made.new" "$home/made"; mkdir "$home/made.new"
echo ${version} >"$home/made.new/program"; echo ${options} >"$home/made.new/options"
mv "$home/made.new" "$home/made"`;
}

/** Stops the registry and deletes its program; with `removesImages` its images, too. */
export function removeEmbedded(
  params: EmbeddedParams,
  {
    home,
    manager,
    removesImages,
  }: { readonly home: string; readonly manager: string; readonly removesImages: boolean },
): Sh {
  return sh`${useManager(params, home)}
${stopping}
${
  manager === 'own'
    ? sh`:`
    : sh`${unitFolder}
rm -f "$units/$unit" && control daemon-reload`
}
${removeTrees([home, ...(removesImages ? [params.directory] : [])])}`;
}

/** Quotes a word of ExecStart (systemd.service, "Command lines"). */
function unitWord(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
