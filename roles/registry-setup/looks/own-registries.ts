import { posix } from 'node:path';
import { type Sh, sh } from '../../../src/index.js';
import type { PublishingContainer } from './port-holder.js';

/** Registry that this tool set up on the host before, at the port of another of its names. */
export interface FormerRegistry {
  readonly runtime: 'package' | 'docker' | 'podman';
  readonly name: string;
  /** Unit of systemd, without `.service`; `docker` for a container of docker. */
  readonly unit: string;
  /** File of its unit, where it is its own. */
  readonly unitFile: string | undefined;
  readonly config: string;
  /** Folder of its images; empty: none. */
  readonly storage: string;
  /** Share that is mounted at that folder; empty: none. */
  readonly share: string;
}

export interface OwnRegistriesQuestion {
  readonly port: number;
  /** Unit of the registry that is looked for; it is no former one. */
  readonly unit: string;
  /** Unit and configuration of the distribution's package, where the registry has a unit of its own. */
  readonly packaged?: { readonly unit: string; readonly config: string } | undefined;
}

/** Defines the shell functions `port_in` and `storage_in` for configurations, `published_in` and `mounted_in` for units. */
export const readRegistryFiles: Sh = sh`port_in() {
  awk '/^http:/ { on = 1; next } /^[^ #]/ { on = 0 } on && /^ +addr:/ { sub(/.*:/, ""); gsub(/["\047 ]/, ""); print; exit }' "$1" 2>/dev/null
}
storage_in() { sed -n 's/^ *rootdirectory: *//p' "$1" 2>/dev/null | head -n 1 | tr -d "\"'"; }
published_in() { grep -oE '(-p |PublishPort=)([^ ]*:)?[0-9]+:5000' "$1" 2>/dev/null | head -n 1 | sed -e 's/:5000$//' -e 's/.*[:= ]//'; }
mounted_in() {
  grep -oE '(source=[^,]*,target=|Volume=[^:]*:)/var/lib/registry(/docker)?' "$1" 2>/dev/null | head -n 1 |
    sed -e 's/^[a-zA-Z]*=//' -e 's|\(,target=\|:\)/var/lib/registry$||' -e 's|/docker\(,target=\|:\)/var/lib/registry/docker$||'
}`;

/** Returns the script that prints the registries of this tool's making, in units, whose port this is. */
export function printOwnRegistries({ port, unit, packaged }: OwnRegistriesQuestion): Sh {
  return sh`own() {
  [ "$1" = ${String(port)} ] || return 0
  printf 'own\t%s\t%s\t%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$5" "$6" "$7"
}
for file in /etc/systemd/system/provision-registry-*.service /etc/containers/systemd/provision-registry-*.container; do
  grep -qs '^# Managed by provision' "$file" || continue
  grep -q '/usr/local/sbin/provision-registry-' "$file" && continue
  unit=\${file##*/} unit=\${unit%.*}
  [ "$unit" != ${unit} ] || continue
  config=$(sed -n 's/^ExecStart=.* serve \(.*\)$/\1/p' "$file" | head -n 1)
  if [ -n "$config" ]; then
    own "$(port_in "$config")" package "\${unit#provision-registry-}" "$unit" "$file" "$config" "$(storage_in "$config")"
  else
    own "$(published_in "$file")" podman "\${unit#provision-registry-}" "$unit" "$file" "/etc/docker/registry/\${unit#provision-registry-}.yml" "$(mounted_in "$file")"
  fi
done
${
  packaged === undefined
    ? sh`:`
    : sh`if head -n 1 ${packaged.config} 2>/dev/null | grep -q 'managed by provision' && systemctl is-enabled -q ${packaged.unit} 2>/dev/null; then
  own "$(port_in ${packaged.config})" package registry ${packaged.unit} '' ${packaged.config} "$(storage_in ${packaged.config})"
fi`
}
awk '$3 ~ /^nfs/ { print "mount\t" $2 "\t" $1 }' /proc/mounts 2>/dev/null`;
}

/** Reads what {@link printOwnRegistries} printed, and adds the containers of docker that this tool made. */
export function parseOwnRegistries(
  stdout: string,
  containers: readonly PublishingContainer[],
): readonly FormerRegistry[] {
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  const shares = new Map(rows.flatMap(([word, at = '', share = '']) => (word === 'mount' ? [[at, share]] : [])));
  const shareAt = (storage: string) => shares.get(storage) ?? '';
  const units = rows.flatMap(([word, runtime, name = '', unit = '', file, config = '', storage = '']) => {
    if (word !== 'own' || (runtime !== 'package' && runtime !== 'podman')) return [];
    const unitFile = file === '' ? undefined : file;
    return [{ runtime, name, unit, unitFile, config, storage, share: shareAt(storage) } satisfies FormerRegistry];
  });
  const made = containers.filter(({ isOurs }) => isOurs);
  return [
    ...units,
    ...made.map(
      ({ name, storage }): FormerRegistry => ({
        runtime: 'docker',
        name,
        unit: 'docker',
        unitFile: undefined,
        config: posix.join('/etc/docker/registry', `${name}.yml`),
        storage,
        share: shareAt(storage),
      }),
    ),
  ];
}
