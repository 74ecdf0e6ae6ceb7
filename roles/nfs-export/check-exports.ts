import { type Sh, sh } from '../../src/index.js';

/** Deletes the three lines of advice about `subtree_check` that exportfs prints for an export without it. */
const withoutAdvice = 'sed -e "/Neither .subtree_check. or /,/^ *NOTE: /d" -e "/^$/d"';

/**
 * Script that fails where exportfs would not read the file `%s` to its end, and the files of /etc/exports.d: from a line
 * that it can't read on, it withdraws all exports. It is tried out with a table of its own, behind mounts that only
 * the script sees: the server's table, its settings and the kernel are out of reach. Where they can't be made, nothing
 * is tried.
 */
export const validateExports = `PATH=$PATH:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL
command -v exportfs >/dev/null 2>&1 && command -v unshare >/dev/null 2>&1 || exit 0
file=%s
[ -e /etc/exports ] || case $file in /etc/*) (umask 022; : >/etc/exports) ;; *) exit 0 ;; esac
! grep -rhs "^[[:space:]]*state-directory-path" /etc/nfs.conf /etc/nfs.conf.d /usr/etc/nfs.conf /usr/etc/nfs.conf.d |
  grep -qv "=[[:space:]]*/var/lib/nfs/*[[:space:]]*$" || exit 0
unshare -m sh -c '
mount --make-rprivate / && mount -t tmpfs -o mode=0755 provision /var/lib/nfs && cd /var/lib/nfs || exit 99
for each in /proc/fs/nfsd /proc/net/rpc; do [ ! -d "$each" ] || mount -t tmpfs provision "$each" || exit 99; done
mkdir -p end/main end/more more && : >etab || exit 99
{ cat "$1" && printf "\\n\\n/var/lib/nfs/end/main 127.0.0.1(ro,no_subtree_check)\\n"; } >main || exit 99
mount --bind main /etc/exports || exit 99
ends=main
if [ -d /etc/exports.d ]; then
  cp /etc/exports.d/*.exports more/ 2>/dev/null
  echo "/var/lib/nfs/end/more 127.0.0.1(ro,no_subtree_check)" >more/~.exports
  mount --bind more /etc/exports.d || exit 99
  ends="main more"
fi
exportfs -ra >printed 2>&1
for each in $ends; do
  grep -q "^/var/lib/nfs/end/$each[[:space:]]" etab && continue
  ${withoutAdvice} printed
  echo "exportfs stops there: it would withdraw this export and all that follow"
  exit 98
done' check "$file" >&2 2>/dev/null
[ $? != 98 ]`;

/** Script that exports again what the files say, unless exportfs can't read them to their end. */
export const exportAgain: Sh = sh`sh -c ${validateExports.replace('%s', '/etc/exports')} || {
  echo 'nothing was exported again: the server goes on with what it exports' >&2; exit 1; }
printed=$(PATH=$PATH:/usr/sbin:/sbin exportfs -ra 2>&1); status=$?
printf '%s\n' "$printed" | sh -c ${withoutAdvice} >&2
[ "$status" = 0 ]`;
