import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { waitForLocks } from './apt-locks.js';
import type { PackageManager, PackageState, PackageStates } from './package-manager.js';

const options = sh`-y -q -o DPkg::Lock::Timeout=60`;
/** Options by which configuration that an operator has changed stays. */
const keepConfiguration = sh`-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;

/**
 * Package manager of Debian. Its lists are fetched only when a name isn't known, or a file is no longer where they
 * say.
 */
export const apt: PackageManager = {
  probe: (names, { wanted, recommends }) =>
    joinSh([
      sh`LC_ALL=C; export LC_ALL
found=$(dpkg-query -W -f 'package \${Package} \${db:Status-Abbrev} \${Version}\n' ${names} 2>/dev/null)
printf '%s\n' "$found"`,
      readCaches,
      ...(wanted === 'latest' ? [sh`${readOnly} policy ${names}`] : []),
      lookForMissing(names),
      wanted === 'absent'
        ? sh`[ -z "$there" ] || ${simulate} remove $there 2>/dev/null | sed -n 's/^\(Remv\) /\1 /p'`
        : sh`[ -z "${wanted === 'latest' ? sh`$there` : sh``}$missing" ] || ${simulate} ${keepRecommended(recommends)} install ${wanted === 'latest' ? sh`$there` : sh``} $missing 2>/dev/null | sed -n 's/^\(Remv\) /\1 /p'`,
      sh`command -v dpkg-query >/dev/null && echo end`,
    ]),
  parse,
  install: (names, { recommends, update, lockTimeout }) => {
    const recommended = keepRecommended(recommends);
    const install = sh`apt-get install ${options} --no-remove ${keepConfiguration} ${recommended} ${names}`;
    return joinSh([
      sh`export LC_ALL=C DEBIAN_FRONTEND=noninteractive
fetched=; unknown=`,
      waitForLocks(lockTimeout),
      fetchLists,
      sh`look_up() {
  unknown=
  for name in ${names}; do
    case $(apt-cache policy "$name") in *'Candidate: (none)'* | '')
      providers=$(apt-cache showpkg "$name" | sed -n '/^Reverse Provides/,$s/^\([a-z0-9][^ ]*\) .*/\1/p' | sort -u)
      case $providers in
      '') unknown="$unknown, $name" ;;
      *'
'*) unknown="$unknown, $name (one of these provides it: $(echo $providers))" ;;
      esac ;;
    esac
  done
  [ -z "$unknown" ]
}
wait_for_locks || exit
# A run of dpkg that was cut off.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || dpkg --configure -a || exit`,
      update ? sh`fetch_lists || exit` : sh`look_up || fetch_lists || exit`,
      sh`look_up || { echo "apt knows no package that can be installed by the name of\${unknown#,}" >&2; exit 1; }
${refuseRemovals(sh`${simulate} ${recommended} install ${names}`, `installing ${names.join(' ')}`)}
${install} --download-only || { [ -z "$fetched" ] && fetch_lists && ${install} --download-only; } || exit
${install}`,
    ]);
  },
  remove: (names, { lockTimeout }) =>
    joinSh([
      sh`export LC_ALL=C DEBIAN_FRONTEND=noninteractive`,
      waitForLocks(lockTimeout),
      sh`wait_for_locks || exit
${refuseRemovals(sh`${simulate} remove ${names}`, `removing ${names.join(' ')}`, names)}
apt-get remove ${options} ${names}`,
    ]),
};

/**
 * Sets `$cache` to options that keep apt from writing its caches to /var/cache. That of the lists, which takes it the
 * time, is used where it is newer than they are.
 */
const readCaches = sh`cache='-o Dir::Cache::pkgcache='
for each in /var/lib/apt/lists /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/preferences.d /var/lib/dpkg/arch; do
  [ ! -e "$each" ] || [ /var/cache/apt/srcpkgcache.bin -nt "$each" ] || cache='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
done`;
/** apt's other files would be written to /tmp, and a log of what it planned to /var/log/apt. */
const readOnly = sh`TMPDIR=/run apt-cache $cache`;
const simulate = sh`TMPDIR=/run apt-get -s -q -y $cache -o Debug::NoLocking=1 -o Dir::Log::Planner=/dev/null`;

function keepRecommended(recommends: boolean): string {
  return recommends ? '--install-recommends' : '--no-install-recommends';
}

/**
 * Sets `$there` and `$missing` to the names of `$found`, and prints the installed package that provides a missing name
 * which is no package of its own.
 */
function lookForMissing(names: readonly string[]): Sh {
  return sh`there=; missing=
for name in ${names}; do
  case "
$found" in *"
package \${name%%:*} "?i*) there="$there $name" ;; *) missing="$missing $name" ;; esac
done
for name in $missing; do
  provider=$(dpkg-query -W -f '\${db:Status-Abbrev}\${Package} \${Version} , \${Provides},\n' 2>/dev/null | sed -n -e 's/ (= [^)]*)//g' -e "/^.i.*, $name,/{s/^...//;s/,.*//p;q;}")
  [ -n "$provider" ] || continue
  case $(${readOnly} policy "$name" 2>/dev/null) in *'Candidate: '[!\(]*) continue ;; esac
  printf 'provided %s %s\n' "$name" "$provider"
  missing=$(for each in $missing; do [ "$each" = "$name" ] || printf ' %s' "$each"; done)
done`;
}

/** Ends the script where others than these would go; it says which. */
function refuseRemovals(simulation: Sh, action: string, besides: readonly string[] = []): Sh {
  return sh`gone=; cache=
for name in $(${simulation} 2>/dev/null | sed -n 's/^Remv \([^ ]*\) .*/\1/p'); do
  case ${` ${besides.join(' ')} `} in *" \${name%%:*} "* | *" \${name%%:*}:"*) ;; *) gone="$gone $name" ;; esac
done
[ -z "$gone" ] || { printf '%s\n' ${action}" would remove$gone: nothing was changed. If they are to go, remove them by name: package, state: absent" >&2; exit 1; }`;
}

const fetchLists: Sh = sh`fetch_lists() {
  fetched=yes
  apt-get update -q -o DPkg::Lock::Timeout=60 || { echo 'apt could not fetch the lists of packages' >&2; return 1; }
}`;

function parse(reply: Reply, names: readonly string[]): PackageStates {
  if (!/^end$/m.test(reply.stdout))
    throw new Error(`could not query dpkg: ${reply.stderr.trim() || 'it is not there'}`);
  const installed = new Map<string, string>();
  const held = new Set<string>();
  const providers = new Map<string, readonly [string, string]>();
  for (const [, name = '', provider = '', version = ''] of reply.stdout.matchAll(/^provided (\S+) (\S+) (\S+)/gm))
    providers.set(name, [provider, version]);
  for (const [, name = '', status = '', version = ''] of reply.stdout.matchAll(/^package (\S+) (\S+)\s+(\S*)$/gm)) {
    if (status[1] === 'i') installed.set(name, version);
    if (status[0] === 'h') held.add(name);
  }
  const candidates = new Map<string, string>();
  for (const [, name = '', candidate = ''] of reply.stdout.matchAll(/^(\S+):\n.*\n {2}Candidate: (\S+)$/gm)) {
    candidates.set(name, candidate);
  }
  // Of `name:arch`, dpkg prints the name.
  const plain = (name: string) => name.replace(/:.*$/, '');
  const named = names.map((name): [string, PackageState] => {
    const [provider, provided] = providers.get(name) ?? [];
    const version = installed.get(name) ?? installed.get(plain(name)) ?? provided;
    const candidate = candidates.get(name);
    const newer = provider !== undefined || candidate === version || candidate === '(none)' ? undefined : candidate;
    return [name, { installed: version, newer, held: held.has(plain(name)), provider }];
  });
  const gone = [...reply.stdout.matchAll(/^Remv (\S+)/gm)].map(([, name = '']) => plain(name));
  return { named: new Map(named), wouldGo: gone.filter((name) => !names.some((each) => plain(each) === name)) };
}
