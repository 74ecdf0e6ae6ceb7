import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { waitForLocks } from './apt-locks.js';
import type { PackageManager, PackageState } from './package-manager.js';

const options = sh`-y -q -o DPkg::Lock::Timeout=60`;
/** Options by which configuration that an operator has changed stays. */
const keepConfiguration = sh`-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;

/**
 * Package manager of Debian. Its lists are fetched only when a name isn't known, or a file is no longer where they
 * say.
 */
export const apt: PackageManager = {
  probe: (names, newer) =>
    joinSh([
      sh`LC_ALL=C; export LC_ALL
dpkg-query -W -f 'package \${Package} \${db:Status-Abbrev} \${Version}\n' ${names} 2>/dev/null`,
      // Its cache would be written to /var/cache, its other files to /tmp.
      ...(newer
        ? [sh`TMPDIR=/run apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= policy ${names}`]
        : []),
      sh`command -v dpkg-query >/dev/null && echo end`,
    ]),
  parse,
  install: (names, { recommends, update, lockTimeout }) => {
    const recommended = recommends ? '--install-recommends' : '--no-install-recommends';
    const install = sh`apt-get install ${options} ${keepConfiguration} ${recommended} ${names}`;
    return joinSh([
      sh`export LC_ALL=C DEBIAN_FRONTEND=noninteractive
fetched=; unknown=`,
      waitForLocks(lockTimeout),
      fetchLists,
      sh`look_up() {
  unknown=
  for name in ${names}; do
    case $(apt-cache policy "$name") in *'Candidate: (none)'* | '') unknown="$unknown $name" ;; esac
  done
  [ -z "$unknown" ]
}
wait_for_locks || exit
# A run of dpkg that was cut off.
[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || dpkg --configure -a || exit`,
      update ? sh`fetch_lists || exit` : sh`look_up || fetch_lists || exit`,
      sh`look_up || { echo "apt knows no package that can be installed by the name of$unknown" >&2; exit 1; }
${install} --download-only || { [ -z "$fetched" ] && fetch_lists && ${install} --download-only; } || exit
${install}`,
    ]);
  },
  remove: (names, { lockTimeout }) =>
    joinSh([
      sh`export LC_ALL=C DEBIAN_FRONTEND=noninteractive`,
      waitForLocks(lockTimeout),
      sh`wait_for_locks || exit
apt-get remove ${options} ${names}`,
    ]),
};

const fetchLists: Sh = sh`fetch_lists() {
  fetched=yes
  apt-get update -q -o DPkg::Lock::Timeout=60 || { echo 'apt could not fetch the lists of packages' >&2; return 1; }
}`;

function parse(reply: Reply, names: readonly string[]): ReadonlyMap<string, PackageState> {
  if (!/^end$/m.test(reply.stdout))
    throw new Error(`could not query dpkg: ${reply.stderr.trim() || 'it is not there'}`);
  const installed = new Map<string, string>();
  for (const [, name = '', status = '', version = ''] of reply.stdout.matchAll(/^package (\S+) (\S+)\s+(\S*)$/gm)) {
    if (status[1] === 'i') installed.set(name, version);
  }
  const candidates = new Map<string, string>();
  for (const [, name = '', candidate = ''] of reply.stdout.matchAll(/^(\S+):\n.*\n {2}Candidate: (\S+)$/gm)) {
    candidates.set(name, candidate);
  }
  return new Map(
    names.map((name) => {
      // Of `name:arch`, dpkg prints the name.
      const version = installed.get(name) ?? installed.get(name.replace(/:.*$/, ''));
      const candidate = candidates.get(name);
      return [
        name,
        { installed: version, newer: candidate === version || candidate === '(none)' ? undefined : candidate },
      ];
    }),
  );
}
