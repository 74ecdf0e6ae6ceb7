import { joinSh, type Sh, sh } from '../../../sh.js';
import { type UnitFile, unitFolder } from '../../services/unit-files.js';
import { unitName, withoutSpecifiers } from '../../services/unit-name.js';
import type { MountUnitParams } from './mount-unit-params.js';

/** Returns the unit file of a mount. systemd itself makes network file systems wait for the network. */
export function mountUnitFile({ path, src = '', fstype, opts }: MountUnitParams, name: string): UnitFile {
  const nfs = /^nfs4?$/.test(fstype);
  // systemd cuts blanks off the end of a line, where a backslash joins the next; %f is the path in the unit's name.
  const where = /[\s\\]$/.test(path) ? '%f' : withoutSpecifiers(path);
  const lines = [
    '# Managed by provision.',
    '[Unit]',
    `Description=${withoutSpecifiers(src)} at ${where}`,
    // A server on this host starts first and stops last: otherwise the unmount at shutdown would wait for a dead one.
    ...(nfs ? ['After=nfs-server.service'] : []),
    '',
    '[Mount]',
    `What=${withoutSpecifiers(src)}`,
    `Where=${where}`,
    `Type=${fstype}`,
    `Options=${withoutSpecifiers(opts)}`,
    '',
    '[Install]',
    `WantedBy=${nfs ? 'remote-fs' : 'local-fs'}.target`,
  ];
  return { path: `${unitFolder}/${name}`, text: `${lines.join('\n')}\n` };
}

/** Mounts it somewhere else for a moment: a source that can't be mounted must not replace what is mounted. */
export function tryMount({ src = '', fstype, opts }: MountUnitParams): Sh {
  return sh`tried=$(mktemp -d /run/provision-mount.XXXXXX) || exit
timeout 100 mount -t ${fstype} -o ${opts} -- ${src} "$tried" </dev/null || { status=$?; rmdir "$tried"; exit "$status"; }
umount "$tried" </dev/null || umount -l "$tried" || exit
rmdir "$tried"`;
}

/** Unmounts, and records in `$users` which services were bound to the mount and ran. */
export function stopMount({ path }: MountUnitParams): Sh {
  const name = unitName(path, 'mount');
  return sh`users=
for user in $(systemctl show -p BoundBy -p RequiredBy -- ${name} | sed 's/^[^=]*=//'); do
  case $user in *.service) ! systemctl is-active -q -- "$user" || users="$users $user" ;; esac
done
systemctl stop -- ${name} && ! mountpoint -q ${path} || umount ${path} </dev/null || {
  status=$?; [ -z "$users" ] || systemctl start -- $users; exit "$status"; }`;
}

/** Mounts by the unit file, and starts the services that {@link stopMount} recorded. */
export function startMount({ path, guard }: MountUnitParams): Sh {
  const name = unitName(path, 'mount');
  return joinSh([
    sh`[ -d ${path} ] || (umask 022; mkdir -p ${path}) || exit`,
    ...(guard ? [sh`chattr -i ${path} 2>/dev/null; chmod 0000 ${path} || exit; chattr +i ${path} 2>/dev/null`] : []),
    sh`systemctl reset-failed -- ${name} 2>/dev/null
systemctl start -- ${name} || { journalctl -u ${name} -n 10 --no-pager -q -o cat >&2 2>/dev/null; exit 1; }
[ -z "\${users-}" ] || systemctl start -- $users || exit`,
  ]);
}
