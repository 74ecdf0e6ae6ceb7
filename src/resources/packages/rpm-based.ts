import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { PackageManager, PackageState, PackageStates } from './package-manager.js';

/** Returns a package manager of the Red Hat family. A name may be one that a package provides. */
export function rpmBased(command: 'dnf' | 'yum'): PackageManager {
  const weak = (recommends: boolean) =>
    command === 'dnf' ? sh`--setopt=install_weak_deps=${recommends ? 'True' : 'False'}` : sh``;
  return {
    probe: (names, { wanted }) =>
      joinSh([
        sh`LC_ALL=C; export LC_ALL
for name in ${names}; do
  version=$(rpm -q --whatprovides --qf '%{VERSION}-%{RELEASE}\n' "$name" 2>/dev/null) && echo "package $name" $version
done`,
        ...(wanted === 'latest' ? [newerVersions(command, names)] : []),
        ...(wanted === 'absent' ? [dependentsOf(command, names)] : []),
        sh`command -v rpm >/dev/null && echo end`,
      ]),
    parse,
    install: (names, { recommends, update }) =>
      joinSh([
        sh`LC_ALL=C; export LC_ALL`,
        ...(update ? [sh`${command} -q -y makecache || exit`] : []),
        sh`missing=
for name in ${names}; do rpm -q --whatprovides "$name" >/dev/null 2>&1 || missing="$missing $name"; done
if [ -n "$missing" ]; then
  ${command} -y ${weak(recommends)} install $missing || exit
  # yum ends well although it knew only some of the names.
  unknown=
  for name in $missing; do rpm -q --whatprovides "$name" >/dev/null 2>&1 || unknown="$unknown $name"; done
  [ -z "$unknown" ] || { echo ${command} "knows no package that can be installed by the name of$unknown" >&2; exit 1; }
else
  ${command} -y ${weak(recommends)} ${command === 'dnf' ? 'upgrade' : 'update'} ${names}
fi`,
      ]),
    // What came with a package may be used by now; apt leaves it, too.
    remove: (names) =>
      sh`LC_ALL=C ${command} -y ${command === 'dnf' ? ['--setopt=clean_requirements_on_remove=False'] : []} remove ${names}`,
  };
}

/**
 * Prints newer versions: `check-update` lists them from what has been fetched already; dnf's logs are kept out of
 * /var.
 */
function newerVersions(command: 'dnf' | 'yum', names: readonly string[]): Sh {
  const logs = command === 'dnf' ? sh`--setopt=logdir=/run` : sh``;
  return sh`${command} -q -C ${logs} check-update ${names} 2>/dev/null | while read -r name version _; do
  [ -z "$version" ] || echo "newer \${name%.*} $version"
done`;
}

/** Prints the packages that need these, and would go with them; nothing is removed. */
function dependentsOf(command: 'dnf' | 'yum', names: readonly string[]): Sh {
  const options = command === 'dnf' ? ['--setopt=logdir=/run', '--setopt=clean_requirements_on_remove=False'] : [];
  return sh`${command} -C ${options} --assumeno remove ${names} 2>/dev/null | while read -r name arch version _; do
  case $name in Removing*) part="$name $arch $version" ;; Transaction) part= ;; esac
  case "$part" in 'Removing dependent packages:'* | 'Removing for dependencies:'*)
    [ -z "$version" ] || [ "$name" = Removing ] || echo "gone $name" ;; esac
done`;
}

function parse(reply: Reply, names: readonly string[]): PackageStates {
  if (!/^end$/m.test(reply.stdout)) throw new Error(`could not query rpm: ${reply.stderr.trim() || 'it is not there'}`);
  const versions = (word: string) =>
    new Map(
      [...reply.stdout.matchAll(new RegExp(`^${word} (\\S+) (\\S+)`, 'gm'))].map(([, name, version]) => [
        name,
        version,
      ]),
    );
  const installed = versions('package');
  const newer = versions('newer');
  const named = names.map((name): [string, PackageState] => [
    name,
    { installed: installed.get(name), newer: newer.get(name) },
  ]);
  const gone = [...reply.stdout.matchAll(/^gone (\S+)/gm)].map(([, name = '']) => name);
  return { named: new Map(named), wouldGo: gone.filter((name) => !names.includes(name)) };
}
