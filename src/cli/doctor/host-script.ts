import { type Sh, sh } from '../../sh.js';
import { type Finding, notice, ok, problem } from './finding.js';

/** Tools that scripts of a run use on a host. */
const tools =
  'awk cat chmod chown cut date df grep head id ln ls mkdir mktemp mv readlink rm sed sha256sum sleep sort stat tail tr uname wc'.split(
    ' ',
  );

/** Script that examines a host as the user who is logged in. It prints `key=value` lines and writes nothing. */
export const hostScript: Sh = sh`LC_ALL=C; export LC_ALL
echo "time=$(date +%s)"
echo "name=$(uname -n) ($(uname -s) $(uname -r))"
for tool in ${tools}; do command -v "$tool" >/dev/null 2>&1 || echo "missing=$tool"; done
for folder in / /tmp /var /run /home; do
  [ -d "$folder" ] || continue
  df -Pk "$folder" 2>/dev/null | awk -v folder="$folder" 'NR == 2 { print "space=" folder " " $4 " " $6 }'
  df -Pi "$folder" 2>/dev/null | awk -v folder="$folder" 'NR == 2 && $2 > 0 { print "inodes=" folder " " $4 " " $6 }'
done
awk '$2 == "/" || $2 == "/etc" || $2 == "/var" { split($4, flags, ","); for (i in flags) if (flags[i] == "ro") print "readonly=" $2 }' /proc/mounts 2>/dev/null
for lock in /run/provision/lock /tmp/provision-$(id -u)/lock; do
  [ -f "$lock" ] && grep -q ":$(stat -c %i "$lock") " /proc/locks 2>/dev/null && echo "lock=$(head -n 1 "$lock" 2>/dev/null)"
done
command -v sudo >/dev/null 2>&1 && echo sudo=yes
:`;

/** Seconds that a clock may be off. */
const skew = 60;
/** KiB and inodes below which changes are likely to fail. */
const littleSpace = 50 * 1024;
const fewInodes = 1000;

/**
 * Returns the findings of the script.
 *
 * @param asked milliseconds since the epoch when it was started and when it had ended
 */
export function hostFindings(stdout: string, asked: { readonly from: number; readonly to: number }): Finding[] {
  const lines = stdout.split('\n').map((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
  const all = (key: string) => lines.filter(([, name]) => name === key).map(([, , value = '']) => value);
  const missing = all('missing');
  return [
    ok(`its shell answers: ${all('name')[0] ?? 'unknown'}`),
    ...(missing.length === 0
      ? []
      : [problem(`there is no ${missing.join(', ')} on it`, 'install coreutils, sed, grep and awk')]),
    clockFinding(Number(all('time')[0]), asked),
    ...fullFindings(all('space'), littleSpace, (left) => `${Math.round(left / 1024)} MiB`),
    ...fullFindings(all('inodes'), fewInodes, (left) => `${left} inodes`),
    ...all('readonly').map((folder) =>
      problem(`${folder} is mounted read-only`, 'look into dmesg there for the reason'),
    ),
    ...all('lock').map((holder) => notice(`another run is at work on it: ${holder}`, 'wait for it to end')),
  ];
}

function clockFinding(seconds: number, { from, to }: { readonly from: number; readonly to: number }): Finding {
  if (!Number.isFinite(seconds)) return problem('its clock cannot be read');
  const off = seconds * 1000 < from - 1000 ? seconds - from / 1000 : seconds * 1000 > to ? seconds - to / 1000 : 0;
  if (Math.abs(off) <= skew) return ok('its clock is right');
  const what = `its clock is ${Math.round(Math.abs(off))} s ${off < 0 ? 'behind' : 'ahead of'} this machine's`;
  return problem(
    what,
    'set up time synchronisation on the one that is wrong: until then, certificates and tokens may be refused',
  );
}

/** Returns a finding for each file system that is nearly full, however many folders are on it. */
function fullFindings(lines: readonly string[], least: number, words: (left: number) => string): Finding[] {
  const reported = new Set<string>();
  return lines.flatMap((line) => {
    const [, folder = '', left = '', mount = ''] = /^(\S+) (\d+) (.+)$/.exec(line) ?? [];
    if (folder === '' || Number(left) >= least || reported.has(mount)) return [];
    reported.add(mount);
    return [
      problem(`${folder} is nearly full: ${words(Number(left))} left on ${mount}`, 'free some space before a run'),
    ];
  });
}
