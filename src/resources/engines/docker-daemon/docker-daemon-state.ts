import type { Reply } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { printedFields, printField } from '../../path/printed-fields.js';
import { wordsIn } from '../docker-flags.js';
import { type DockerInfo, dockerInfoSchema } from './docker-daemon-config.js';
import { inEffect, inEffectFunctions } from './put-back.js';

/** State of a running dockerd, and of the files that configure it. */
export interface DaemonState {
  /** Undefined where it doesn't answer; `reason` says why. */
  readonly info: DockerInfo | undefined;
  readonly reason: string;
  /** Configuration file, undefined where there is none. */
  readonly config: string | undefined;
  /** Configuration file at the start of the daemon, as far as it can still be found. */
  readonly startedWith: string | undefined;
  /** Options file, and the files that the service reads. */
  readonly sysconfig: string | undefined;
  readonly environmentFiles: readonly string[];
  /** Variables of the unit, and of the process. */
  readonly unitEnvironment: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, string>;
  readonly commandLine: readonly string[];
  /** The unit was changed on disk and not read again since. */
  readonly stale: boolean;
  /** The service manager is one with units. */
  readonly hasUnit: boolean;
}

/**
 * Returns the script that looks at daemon and files. The configuration that the daemon started with is the copy that a
 * run made of it, or, where somebody else has started it since, the newest of the file and its dated backups that isn't
 * newer than the pid file. Keys that `docker info` doesn't show are compared with it.
 */
export function probeDaemon(of: {
  readonly service: string;
  readonly config: string;
  readonly sysconfig?: string | undefined;
}): Sh {
  const { service, config, sysconfig } = of;
  return joinSh([
    sh`LC_ALL=C; export LC_ALL; state=${inEffect(service)}`,
    printField,
    inEffectFunctions,
    sh`unit=$(systemctl show -p Environment -p EnvironmentFiles -p MainPID -p NeedDaemonReload -- ${service} 2>/dev/null)
printf %s "$unit" | field unit
pid=$(printf '%s\n' "$unit" | sed -n 's/^MainPID=\([1-9][0-9]*\)$/\1/p')
mark=/var/run/docker.pid
[ -n "$pid" ] || pid=$(cat "$mark" 2>/dev/null)
if [ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ]; then
  field cmdline <"/proc/$pid/cmdline"
  field environ <"/proc/$pid/environ"
fi
if command -v docker >/dev/null 2>&1; then
  docker info -f '{{json .}}' 2>&1 | field info
fi
[ ! -r ${config} ] || field config <${config}
if [ -e "$mark" ]; then
  path=$(copy_of ${config})
  if [ -e "$state/since" ] && newer_than "$state/since" "$mark"; then :
  else
    old=$(ls -td ${config} ${config}.*.bak 2>/dev/null | while read -r path; do
      newer_than "$path" "$mark" || { printf %s "$path"; break; }
    done)
    path=\${old:-$path}
  fi
  [ ! -r "$path" ] || field started <"$path"
elif [ -r ${config} ]; then field started <${config}
fi
${sysconfig === undefined ? sh`:` : sh`[ ! -r ${sysconfig} ] || field sysconfig <${sysconfig}`}
end`,
  ]);
}

/** Reads what {@link probeDaemon} printed. @throws Error when the probe failed */
export function parseDaemon(reply: Reply, service: string): DaemonState {
  const fields = printedFields(reply, service);
  const field = (name: string) => fields(name)[0];
  const unit = field('unit') ?? '';
  const reason = field('info') ?? '';
  const files = [...unit.matchAll(/^EnvironmentFiles=(.*) \(ignore_errors=\w+\)$/gm)];
  return {
    ...answer(reason),
    config: field('config'),
    startedWith: field('started'),
    sysconfig: field('sysconfig'),
    environmentFiles: files.map(([, path = '']) => path),
    unitEnvironment: variablesIn(wordsIn(/^Environment=(.*)$/m.exec(unit)?.[1] ?? '')),
    environment: variablesIn((field('environ') ?? '').split('\0')),
    commandLine: (field('cmdline') ?? '').split('\0').filter((word) => word !== ''),
    stale: /^NeedDaemonReload=yes$/m.test(unit),
    hasUnit: unit !== '',
  };
}

/**
 * Reads the answer of `docker info`. Warnings come before the document, on lines of their own; without a daemon the
 * document has no version of one.
 */
function answer(reason: string): Pick<DaemonState, 'info' | 'reason'> {
  const document = reason.split('\n').find((line) => line.startsWith('{')) ?? '';
  const rest = reason.replace(document, '').trim();
  try {
    const info = dockerInfoSchema.parse(JSON.parse(document));
    return (info.ServerVersion ?? '') === ''
      ? { info: undefined, reason: rest || errorsIn(document) }
      : { info, reason: rest };
  } catch {
    return { info: undefined, reason: rest || document };
  }
}

function errorsIn(document: string): string {
  return /"ServerErrors":\["((?:[^"\\]|\\.)*)"/.exec(document)?.[1] ?? 'no daemon answers';
}

function variablesIn(words: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) found.set(word.slice(0, at), word.slice(at + 1));
  }
  return found;
}
