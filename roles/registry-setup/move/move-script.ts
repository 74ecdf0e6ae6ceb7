import { posix } from 'node:path';
import { joinSh, type Ref, type Sh, sh, unitName } from '../../../src/index.js';
import type { FormerRegistry } from '../looks/own-registries.js';
import type { NewName } from './plan-move.js';

/**
 * Returns the script that takes a registry's old name away: its unit or container and its timers are stopped and
 * removed, its images, configuration, accounts and certificates get the new name. The tasks that follow set up the rest.
 */
export function moveScript(former: FormerRegistry, to: NewName, movesImages: boolean): Sh {
  const stamp = sh`stamp=$(date -u +%Y-%m-%dT%H%M%SZ)`;
  return joinSh([
    sh`LC_ALL=C; export LC_ALL
${stamp}
rename() { [ ! -e "$1" ] || [ -e "$2" ] || mv "$1" "$2" || exit; }`,
    ...(movesImages ? [checkFolders(former, to)] : []),
    renameBackups(former, to),
    ...['gc', 'backup'].map((job) => removeTimer(`provision-registry-${job}-${former.name}`)),
    stop(former, to),
    ...(movesImages ? [moveImages(former, to)] : []),
    moveFiles(former, to),
    sh`systemctl daemon-reload 2>/dev/null
:`,
  ]);
}

/** Returns what a move takes away, for check mode. */
export function formerRefs({ name, unit, unitFile, runtime, config }: FormerRegistry): Ref[] {
  const folder = posix.dirname(config);
  const timers = ['gc', 'backup'].map((job) => `provision-registry-${job}-${name}`);
  const units = timers.flatMap((timer) => [`${timer}.timer`, `${timer}.service`]);
  const own = [`${name}.htpasswd`, `tls/${name}.crt`, `tls/${name}.key`].map((file) => `${folder}/${file}`);
  const paths = [config, ...own, ...units.map((each) => `/etc/systemd/system/${each}`), unitFile];
  return [
    `service:${runtime === 'docker' ? name : unit}`,
    ...units.map((each): Ref => `service:${each}`),
    ...paths.flatMap((path): Ref[] => (path === undefined ? [] : [`path:${path}`])),
  ];
}

/** Only within a file system is a move done or not done. */
function checkFolders({ storage }: FormerRegistry, to: NewName): Sh {
  return sh`at=${to.storage}
while [ ! -e "$at" ]; do at=$(dirname "$at"); done
if [ -d ${`${storage}/docker`} ] && [ "$(stat -c %d ${`${storage}/docker`})" != "$(stat -c %d "$at")" ]; then
  echo ${`${storage} and ${to.storage} are on different file systems: move the images by hand, or set storage_directory: ${storage}`} >&2
  exit 1
fi
if [ -e ${`${to.storage}/docker`} ] && [ -n "$(find ${`${to.storage}/docker`} ! -type d 2>/dev/null | head -n 1)" ]; then
  echo ${`${to.storage}/docker is not empty: set storage_directory to another folder`} >&2
  exit 1
fi`;
}

function moveImages({ storage }: FormerRegistry, to: NewName): Sh {
  return sh`if [ -d ${`${storage}/docker`} ]; then
  if [ ! -d ${to.storage} ]; then
    mkdir -p ${to.storage} && chown --reference=${storage} ${to.storage} && chmod --reference=${storage} ${to.storage} || exit
  fi
  [ ! -d ${`${to.storage}/docker`} ] || find ${`${to.storage}/docker`} -depth -type d -exec rmdir '{}' + || exit
  mv ${`${storage}/docker`} ${`${to.storage}/docker`} || exit
  rmdir ${storage} 2>/dev/null
fi`;
}

function stop(former: FormerRegistry, to: NewName): Sh {
  if (former.runtime === 'docker')
    return sh`docker rm -f ${former.name} >/dev/null || exit
rm -f ${`/etc/systemd/system/docker.service.d/registry-${former.name}.conf`}`;
  const stopped = sh`systemctl -q stop -- ${former.unit} || exit
systemctl -q disable -- ${former.unit} 2>/dev/null`;
  if (former.unitFile === undefined) return stopped;
  const dropIns = (unit: string) => `/etc/systemd/system/${unit}.service.d`;
  return sh`${stopped}
mv ${former.unitFile} ${former.unitFile}".$stamp.bak" || exit
${to.runtime === 'docker' ? sh`:` : sh`rename ${dropIns(former.unit)} ${dropIns(to.unit)}`}
${former.share === '' ? sh`:` : removeMount(former)}`;
}

/** The new name mounts its share anew, at its own place. */
function removeMount({ storage }: FormerRegistry): Sh {
  const unit = unitName(storage, 'mount');
  return sh`systemctl -q disable --now -- ${unit} && rm -f ${`/etc/systemd/system/${unit}`}`;
}

function removeTimer(name: string): Sh {
  const file = (type: string) => `/etc/systemd/system/${name}.${type}`;
  return sh`if [ -e ${file('timer')} ]; then
  systemctl -q disable --now -- ${`${name}.timer`}
  systemctl -q stop -- ${`${name}.service`}
  rm -f ${[file('timer'), file('service')]}
fi`;
}

/** Copies are counted by their name: those of the old one go on to be counted. */
function renameBackups({ name }: FormerRegistry, to: NewName): Sh {
  return sh`folder=$(sed -n 's/^ExecStart=.*provision-registry-backup"\{0,1\} [^ ]* [^ ]* \([^ ]*\) [0-9]*"\{0,1\}$/\1/p' ${`/etc/systemd/system/provision-registry-backup-${name}.service`} 2>/dev/null | tr -d '"')
if [ -n "$folder" ]; then
  for copy in "$folder"/${name}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z "$folder"/${name}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z.tar; do
    rename "$copy" "$folder"/${to.name}"\${copy#"$folder"/${name}}"
  done
fi`;
}

/** Gives the configuration and what it names the new name. What a package brought stays, and is copied. */
function moveFiles(former: FormerRegistry, to: NewName): Sh {
  const [from, at] = [posix.dirname(former.config), posix.dirname(to.configPath)];
  const pairs = [
    [`${from}/${former.name}.htpasswd`, `${at}/${to.name}.htpasswd`],
    [`${from}/tls/${former.name}.crt`, `${at}/tls/${to.name}.crt`],
    [`${from}/tls/${former.name}.key`, `${at}/tls/${to.name}.key`],
  ] as const;
  const texts = [...pairs, ...(former.storage === '' ? [] : [[former.storage, to.storage] as const])];
  const isPackages = former.unitFile === undefined && former.runtime === 'package';
  return joinSh([
    ...pairs.map(
      ([old, path]) => sh`rename ${old} ${path}
for old in ${old}.*.bak; do rename "$old" ${path}"\${old#${old}}"; done`,
    ),
    sh`if [ -f ${former.config} ] && [ ${former.config} != ${to.configPath} ]; then`,
    former.runtime === to.runtime
      ? sh`  if [ ! -e ${to.configPath} ]; then
    cp -p ${former.config} ${to.configPath} && sed -i ${texts.flatMap(([old, text]) => ['-e', replace(old, text)])} ${to.configPath} || exit
    ${isPackages ? sh`:` : sh`rm -f ${former.config}`}
  fi`
      : sh`  :`,
    isPackages
      ? sh`fi`
      : sh`  rename ${former.config} ${former.config}".$stamp.bak"
fi`,
  ]);
}

/** Returns an expression of sed that replaces a path where it stands as a whole value. */
function replace(old: string, text: string): string {
  const pattern = old.replace(/[.[\]*^$\\|]/g, '\\$&');
  return `s|\\([ "']\\)${pattern}\\(["']\\{0,1\\}\\)$|\\1${text.replace(/[\\&|]/g, '\\$&')}\\2|`;
}
