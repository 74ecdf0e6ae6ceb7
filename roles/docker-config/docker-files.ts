import { z } from 'zod';
import { flagsIn, flagsOf, type Reply, type Sh, sh } from '../../src/index.js';

/** What dockerd is told by files: its unit, the variables that the unit reads, and daemon.json. */
export interface DockerFiles {
  /** Flags, each with the file that gives it. */
  readonly flags: readonly { readonly name: string; readonly value: string; readonly from: string }[];
  /** daemon.json; undefined when there is none, or it can't be read as an object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Prints the files, each behind a line `@file NAME`. */
export function readDockerFiles(service: string): Sh {
  return sh`echo '@file unit'; systemctl cat ${service} 2>/dev/null
for f in /etc/sysconfig/docker /etc/default/docker /etc/docker/daemon.json; do [ -f "$f" ] && { echo "@file $f"; cat "$f"; echo; }; done`;
}

export function parseDockerFiles(reply: Reply): DockerFiles {
  const parts = reply.stdout.split(/^@file /m).slice(1);
  const text = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]));
  const unit = text.get('unit') ?? '';
  const command = [...unit.matchAll(/^ExecStart=(\S.*)$/gm)].at(-1)?.[1] ?? '';
  const read = (file: string) => (unit.includes(file) ? (text.get(file) ?? '') : '');
  const defaults =
    /^\s*DOCKER_OPTS=(.*)$/m.exec(read('/etc/default/docker'))?.[1]?.replace(/^(["'])(.*)\1\s*$/, '$2') ?? '';
  return {
    flags: [
      ...flagsOf(command).map((flag) => ({ ...flag, from: 'the unit docker.service' })),
      ...flagsIn(read('/etc/sysconfig/docker')).map((flag) => ({ ...flag, from: '/etc/sysconfig/docker' })),
      ...flagsOf(defaults).map((flag) => ({ ...flag, from: '/etc/default/docker' })),
    ],
    json: jsonObject(text.get('/etc/docker/daemon.json')),
  };
}

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    return undefined; // A malformed file is refused, with its line, by the task that edits it.
  }
}
