import { z } from 'zod';
import { defineResource, joinSh, type Plan, type Reply, type Resource, sh } from '../../src/index.js';
import { type DockerFiles, parseDockerFiles, readDockerFiles } from './docker-files.js';

const params = z.strictObject({ service: z.string() });

/** What dockerd holds of the settings that it can be asked for. */
export interface Held {
  readonly insecureRegistries: readonly string[];
  readonly mirrors: readonly string[];
  readonly liveRestore: boolean;
}

interface DaemonState {
  readonly files: DockerFiles;
  /** Undefined when it does not answer; then `said` is why. */
  readonly held: Held | undefined;
  readonly said: string;
}

/**
 * The running dockerd, compared with what its files say: reloaded where that is enough, restarted where flags differ.
 * Decided by state, so that a run that was cut between file and reload is mended by the next.
 */
export const docker_daemon = defineResource({
  kind: 'docker_daemon',
  summary: 'The running dockerd holds what its files say',
  params,
  create: ({ service }): Resource<DaemonState> => ({
    kind: 'docker_daemon',
    id: service,
    provides: [`service:${service}`],
    needs: [`service:${service}`, 'path:/etc/docker/daemon.json', 'path:/etc/sysconfig/docker'],
    staging: 'skip',
    probe: () => joinSh([readDockerFiles(service), sh`echo '@file info'; docker info --format '{{json .}}' 2>&1`]),
    parse: parseDaemon,
    plan: (state) => planDaemon(state, service),
    result: ({ held }) => ({ ...held }),
  }),
});

function parseDaemon(reply: Reply): DaemonState {
  const at = reply.stdout.lastIndexOf('@file info\n');
  const said = reply.stdout.slice(at + '@file info\n'.length).trim();
  const files = parseDockerFiles({ ...reply, stdout: reply.stdout.slice(0, Math.max(0, at)) });
  return { files, held: heldIn(said), said: said.split('\n').at(-1) ?? '' };
}

const infoSchema = z.object({
  ServerVersion: z.string().min(1),
  LiveRestoreEnabled: z.boolean().default(false),
  RegistryConfig: z.object({
    InsecureRegistryCIDRs: z.array(z.string()).nullable(),
    IndexConfigs: z.record(z.string(), z.object({ Secure: z.boolean() })).nullable(),
    Mirrors: z.array(z.string()).nullable(),
  }),
});

export function heldIn(text: string): Held | undefined {
  const line = text.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) return undefined;
  const info = infoSchema.safeParse(JSON.parse(line));
  if (!info.success) return undefined;
  const { RegistryConfig: registries, LiveRestoreEnabled: liveRestore } = info.data;
  const named = Object.entries(registries.IndexConfigs ?? {}).filter(([, { Secure }]) => !Secure);
  const networks = (registries.InsecureRegistryCIDRs ?? []).filter(
    (network) => network !== '127.0.0.0/8' && network !== '::1/128',
  );
  return {
    insecureRegistries: [...named.map(([name]) => name), ...networks],
    mirrors: (registries.Mirrors ?? []).map(withoutSlash),
    liveRestore,
  };
}

function planDaemon({ files, held, said }: DaemonState, service: string): Plan<DaemonState> {
  if (held === undefined) {
    return {
      verdict: 'refused',
      message: `dockerd does not answer: ${said || 'docker is not installed'}`,
      hint: 'docker_install: true installs it',
    };
  }
  const found = differences(files, held);
  if (found.length === 0)
    return { verdict: 'ok', details: [`insecure registries: ${held.insecureRegistries.join(', ') || 'none'}`] };
  const restart = found.some(({ byFlag }) => byFlag);
  const verb = restart ? 'restart' : 'reload';
  const script = sh`systemctl ${verb} ${service} || { journalctl -u ${service} -n 10 --no-pager >&2; exit 1; }
i=0; while [ $i -lt 50 ]; do docker info >/dev/null 2>&1 && break; i=$((i + 1)); sleep 0.2; done; [ ${verb} = restart ] || sleep 0.3`;
  return {
    verdict: 'change',
    summary: `${restart ? 'restarted' : 'reloaded'}: ${found.map(({ what }) => what).join(', ')}`,
    apply: { via: 'sh', script, deadline: 120 },
  };
}

interface Difference {
  readonly what: string;
  readonly byFlag: boolean;
}

/** Where dockerd differs from its files, and whether flags are why: those are read at its start only. */
export function differences(files: DockerFiles, held: Held): Difference[] {
  const found: Difference[] = [];
  const lists = [
    ['insecure-registries', '--insecure-registry', held.insecureRegistries],
    ['registry-mirrors', '--registry-mirror', held.mirrors],
  ] as const;
  for (const [key, flag, has] of lists) {
    const byFlag = files.flags.filter(({ name }) => name === flag).map(({ value }) => withoutSlash(value));
    const byKey = stringsIn(files.json?.[key]).map(withoutSlash);
    const missing = [...byFlag, ...byKey].filter((value) => !has.includes(value));
    const extra = has.filter((value) => !byFlag.includes(value) && !byKey.includes(value));
    if (missing.length > 0)
      found.push({ what: `${key} + ${missing.join(' ')}`, byFlag: byFlag.some((value) => missing.includes(value)) });
    if (extra.length > 0)
      found.push({ what: `${key} - ${extra.join(' ')}`, byFlag: files.json?.[key] === undefined && byFlag.length > 0 });
  }
  const wanted = files.json?.['live-restore'];
  if (typeof wanted === 'boolean' && wanted !== held.liveRestore)
    found.push({ what: `live-restore ${wanted}`, byFlag: false });
  const flagged = files.flags.some(({ name, value }) => name === '--live-restore' && value !== 'false');
  if (flagged && !held.liveRestore) found.push({ what: 'live-restore true', byFlag: true });
  return found;
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '');
}
