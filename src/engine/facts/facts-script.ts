import { type Sh, sh } from '../../sh.js';
import { pendingFolder } from '../handlers/pending.js';
import { folderInHome, systemFolder } from '../records/record-places.js';
import { writtenFile } from '../records/written-records.js';

/**
 * Script that prints everything that is needed of a host before its tasks are made, the handlers that an earlier run left
 * pending, and the records of what was written there. It prints `key=value` lines and writes nothing. What the shell can
 * read itself it reads: each process more is one on every host of every run.
 */
export const factsScript: Sh = sh`LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
say() { printf '%s=%s\n' "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }
first() { line=; { IFS= read -r line <"$1"; } 2>/dev/null; }
newline='
'
for release in /etc/os-release /usr/lib/os-release; do
  [ -r "$release" ] || continue
  ( ID= ID_LIKE= VERSION_ID= PRETTY_NAME= NAME=
    . "$release"
    say os_id "$ID"; say os_like "$ID_LIKE"; say os_version "$VERSION_ID"; say os_name "\${PRETTY_NAME:-$NAME}" )
  break
done
for release in /etc/redhat-release /etc/debian_version; do
  [ -r "$release" ] && { first "$release"; say "\${release##*/}" "$line"; }
done
set -- $(uname -n -r -m)
node=$1
say arch "$3"
say kernel "$2"
say node "$node"
case $node in
  *.*) ;;
  *) full=$(awk -v node="$node" '{ sub(/#.*/, "") } { for (i = 2; i <= NF; i++) if ($i == node) { print $2; exit } }' /etc/hosts 2>/dev/null)
     case $full in
       "$node".*) say fqdn "$full" ;;
       *) say fqdn "$(timeout 1 hostname -f 2>/dev/null </dev/null)" ;;
     esac ;;
esac
if has ip; then
  ip -o addr show 2>/dev/null | while read -r _ device family address _; do say "address.$device" "$family $address"; done
  route=$(ip -4 route get 1.1.1.1 2>/dev/null)
  say route "\${route%%"$newline"*}"
else
  for address in $(hostname -I 2>/dev/null || hostname -i 2>/dev/null); do say address. "any $address"; done
fi
for manager in apt-get dnf yum; do has "$manager" && say package_manager "$manager"; done
if [ -d /run/systemd/system ]; then say service_manager systemd
elif has service || [ -d /etc/init.d ]; then say service_manager sysvinit
fi
has docker && say docker "$(docker --version 2>/dev/null </dev/null)"
has podman && say podman "$(podman --version 2>/dev/null </dev/null)"
{ read -r machine </etc/machine-id; read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
set -- $(stat -Lc %d:%i / /proc/self/ns/mnt 2>/dev/null)
say machine "$machine $boot $*"
user=$(id -un 2>/dev/null)
say user "$user"
uid=; { while read -r key _ uid _; do [ "$key" != Uid: ] || break; done </proc/self/status; } 2>/dev/null
uid=\${uid:-$(id -u)}
say uid "$uid"
home=$(awk -F: -v user="$user" '$1 == user { print $6; exit }' /etc/passwd 2>/dev/null)
home=\${home:-$HOME}
say home "$home"
records() {
  for file in "$2"/${pendingFolder}/*; do
    [ -f "$file" ] && { first "$file"; say "pending.$1" "\${file##*/} $line"; }
  done
  file=$2/${writtenFile}
  # Its last line has no end.
  [ -r "$file" ] && sed -n "s/^{/written.$1={/p" "$file" && echo
}
records system ${systemFolder}
[ "$uid" = 0 ] || records own "$home"/${folderInHome}
say end facts
`;
