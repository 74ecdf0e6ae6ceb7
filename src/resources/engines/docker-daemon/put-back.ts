import { joinSh, type Sh, sh } from '../../../sh.js';

/** Files of a service, and the scripts that put them into effect. */
export interface FilesInEffect {
  readonly service: string;
  /** Files that the service reads. */
  readonly files: readonly string[];
  /** Those of them that provision has written. Of others without a copy nobody knows what they were: they stay. */
  readonly written: readonly string[];
  /** Puts the files into effect; it may end the shell, and fails with what the service says. */
  readonly apply: Sh;
  /** Puts the old files into effect. */
  readonly restore: Sh;
}

/** Folder with copies of the files that a service ran with when a run last put them into effect, for root alone. */
export function inEffect(service: string): string {
  return `/var/lib/provision/in-effect/${service}`;
}

/** Shell functions `newer_than FILE OTHER` and `copy_of FILE`, which needs `$state`. */
export const inEffectFunctions = sh`newer_than() { [ ! -e "$2" ] || [ -n "$(find "$1" -newer "$2" 2>/dev/null)" ]; }
copy_of() { printf '%s/%s' "$state" "$(printf %s "$1" | tr / _)"; }`;

/**
 * Returns the script that puts files into effect. When the service refuses them, each that has changed since they were
 * last in effect gets its old content again, which is put into effect, and the script fails. The refused content stays
 * beside it, as `FILE.refused`. A file without a copy gets its newest dated backup from before the service's start; one
 * of ours without a backup is removed, for it was not there.
 */
export function applyOrPutBack({ service, files, written, apply, restore }: FilesInEffect): Sh {
  return joinSh([
    sh`(
LC_ALL=C; export LC_ALL; umask 077
state=${inEffect(service)}; mark=/var/run/docker.pid`,
    inEffectFunctions,
    sh`since=$mark; [ ! -e "$state/since" ] || ! newer_than "$state/since" "$mark" || since=$state/since
good_of() {
  if [ "$since" = "$state/since" ]; then [ ! -e "$(copy_of "$1")" ] || copy_of "$1"; return; fi
  for old in $(ls -t "$1".*.bak 2>/dev/null); do newer_than "$old" "$since" || { printf %s "$old"; return; }; done
  if [ -e "$(copy_of "$1")" ]; then copy_of "$1"; else ls -t "$1".*.bak 2>/dev/null | head -n 1; fi
}
record() {
  mkdir -p "$state" && for file in ${files}; do
    rm -f "$(copy_of "$file")"; [ ! -e "$file" ] || cp "$file" "$(copy_of "$file")" || return
  done && : >"$state/since"
}
is_written() { for each in ${written.length === 0 ? [''] : [...written]}; do [ "$each" != "$1" ] || return 0; done; return 1; }
changed=$(for file in ${files}; do
  [ -e "$file" ] && newer_than "$file" "$since" || continue
  good=$(good_of "$file"); [ -n "$good" ] || is_written "$file" || continue
  printf '%s\t%s\n' "$file" "$good"
done)
said=$( (`,
    apply,
    sh`) 2>&1 ) && { printf '%s' "$said"; record; exit; }
printf '%s\n' "$said" >&2
reason=$(printf '%s\n' "$said" | sed -n 's/.*\(unable to configure the Docker daemon.*\|[Ee]rror reconfiguring the daemon: .*\|file configuration validation failed: .*\|failed to start daemon: .*\|unknown flag: .*\|invalid argument .*\)/\1/p' | tail -n 1)
[ -z "$reason" ] || printf '%s refuses its configuration: %s\n' ${service} "$reason" >&2
[ -n "$changed" ] || exit 1
tab=$(printf '\t')
printf '%s\n' "$changed" | while IFS=$tab read -r file good; do
  cp -p "$file" "$file.refused" || exit
  if [ -z "$good" ]; then rm -f "$file"; else cp -p "$file" "$file.old" && cat "$good" >"$file.old" && mv -f "$file.old" "$file"; fi || exit
done || exit 1
names=$(printf '%s\n' "$changed" | cut -f 1 | tr '\n' ' ')
if (`,
    restore,
    sh`) >/dev/null 2>&1; then end="and in effect again"; record
else end="but "${service}" does not run with it either"
fi
echo "the old content of $names""is put back, $end; the refused content is kept beside it, as .refused" >&2
exit 1
)`,
  ]);
}
