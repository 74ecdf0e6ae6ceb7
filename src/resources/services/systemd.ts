import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { ServiceAction, ServiceManager, ServiceState } from './service-manager.js';

const properties =
  'LoadState,ActiveState,UnitFileState,Type,RemainAfterExit,Result,CanReload,NeedDaemonReload,DropInPaths,InactiveEnterTimestamp';

export const systemd: ServiceManager = {
  // systemd doesn't see drop-ins in a folder that is new since it read its units (v252), so these are looked for.
  // A script of /etc/init.d that systemd wrapped is `generated`: only is-enabled knows more. A unit that is `indirect`
  // has others that are enabled in its place (Also=, or an instance of a template), one that is `linked` is known only.
  probe: (name) => sh`LC_ALL=C; export LC_ALL
state=$(systemctl show -p ${properties} -- ${name}) || exit
printf '%s\n' "$state"
known=$(printf '%s\n' "$state" | sed -n 's/^DropInPaths=//p')
for path in ${dropInsOf(name)}/*.conf; do
  [ ! -e "$path" ] || case " $known " in *" $path "*) ;; *) echo "Unread=$path" ;; esac
done
case $state in
*UnitFileState=generated*) printf 'Enabled=%s\n' "$(systemctl is-enabled -- ${name} 2>/dev/null)" ;;
*UnitFileState=indirect* | *UnitFileState=linked*)
  text=$(systemctl cat -- ${name} 2>/dev/null)
  printf '%s\n' "$text" | grep -q -E '^(WantedBy|RequiredBy|UpheldBy|Alias|Also|DefaultInstance)=' && echo 'Installable=yes'
  for other in $(printf '%s\n' "$text" | sed -n -e 's/^Also=//p' -e ${instanceOf(name)}); do
    printf 'Also=%s %s\n' "$(systemctl is-enabled -- "$other" 2>/dev/null)" "$other"
  done ;;
esac`,
  parse,
  act: (name, actions) =>
    joinSh([
      sh`LC_ALL=C; export LC_ALL`,
      defineFail(name),
      defineSettled(name),
      ...actions.map((action) => act(name, action)),
    ]),
};

function dropInsOf(name: string): string {
  const unit = /\.(socket|timer|mount|automount|path|target|slice|swap|scope|device)$/.test(name)
    ? name
    : `${name}.service`;
  return `/etc/systemd/system/${unit}.d`;
}

/** Returns the command of sed that makes the default instance of a template, `x@.service`, of its unit file. */
function instanceOf(name: string): string {
  const [, template, suffix] = /^(.*@)(\.[a-z]+)?$/.exec(name) ?? [];
  return template === undefined ? '' : `s/^DefaultInstance=\\(.*\\)/${template}\\1${suffix ?? '.service'}/p`;
}

function parse(reply: Reply, name: string): ServiceState {
  const property = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(reply.stdout)?.[1] ?? '';
  const load = property('LoadState');
  if (load === '')
    throw new Error(`systemd printed nothing about ${name}: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  const active = property('ActiveState');
  return {
    exists: load !== 'not-found',
    masked: load === 'masked',
    active: readActive(active),
    enabled: readEnabled(property('Enabled') || property('UnitFileState'), reply.stdout),
    byOthers: property('UnitFileState') === 'indirect' && !/^Also=/m.test(reply.stdout),
    canReload: property('CanReload') === 'yes',
    stale: property('NeedDaemonReload') === 'yes' || property('Unread') !== '',
    ended:
      property('Type') === 'oneshot' &&
      property('RemainAfterExit') !== 'yes' &&
      property('Result') === 'success' &&
      active === 'inactive' &&
      property('InactiveEnterTimestamp') !== '',
  };
}

function readActive(word: string): ServiceState['active'] {
  if (word === 'active' || word === 'reloading') return 'active';
  return word === 'activating' || word === 'failed' ? word : 'inactive';
}

/** Reads the state of a unit file. Units that are static, aliases or transient are started by others. */
function readEnabled(word: string, printed: string): boolean | undefined {
  if (word === 'enabled') return true;
  if (word === 'indirect') {
    const others = [...printed.matchAll(/^Also=(\S*)/gm)].map(([, state]) => state);
    return others.length > 0 && others.every((state) => state === 'enabled' || state === 'static' || state === 'alias');
  }
  if (word === 'linked' || word === 'linked-runtime') return /^Installable=yes$/m.test(printed) ? false : undefined;
  return word === 'disabled' || word === 'enabled-runtime' || word === '' || word === 'masked' ? false : undefined;
}

function act(name: string, action: ServiceAction): Sh {
  switch (action) {
    case 'reread':
      return sh`systemctl daemon-reload || exit`;
    case 'enable':
    case 'disable':
      return sh`systemctl -q ${action} -- ${name} || exit`;
    case 'stop':
      return sh`systemctl stop -- ${name} || fail`;
    case 'reload':
      return sh`systemctl reload -- ${name} || fail`;
    case 'start':
    case 'restart':
      // Else a unit that failed too often isn't started again, although its cause may be mended.
      return sh`systemctl reset-failed -- ${name} 2>/dev/null
systemctl ${action} -- ${name} || fail
settled`;
  }
}

function defineFail(name: string): Sh {
  return sh`fail() {
  echo ${name} "\${1:-is $(systemctl is-active -- ${name})}; the last that it logged:" >&2
  journalctl -u ${name} -n 10 --no-pager -q -o cat >&2 2>/dev/null
  exit 1
}`;
}

/**
 * Defines the shell function `settled`, which fails unless a started service stays up. systemd calls a service
 * started for a moment although it ends soon. One that doesn't tell systemd when it is ready is watched for three
 * seconds: it must stay active, and the same process.
 */
function defineSettled(name: string): Sh {
  return sh`settled() {
  case $(systemctl show -p Type -- ${name}) in
  Type=oneshot) return ;;
  Type=simple | Type=exec | Type=idle) looks=5 ;;
  *) looks=1 ;;
  esac
  turn=0 main= pause=0.25
  while [ "$turn" -lt 100 ]; do
    turn=$((turn + 1)); sleep "$pause" 2>/dev/null || sleep 1
    seen=$(systemctl show -p MainPID,ActiveState -- ${name})
    case $seen in
    *ActiveState=active*)
      before=$main main=$seen
      [ -z "$before" ] || [ "$before" = "$main" ] || fail 'ended and was started again'
      looks=$((looks - 1))
      case $looks in 0) return 0 ;; 3) pause=0.5 ;; [12]) pause=1 ;; esac ;;
    *ActiveState=activating* | *ActiveState=reloading*) [ -z "$main" ] || fail 'ended' ;;
    *) fail ;;
    esac
  done
  fail
}`;
}
