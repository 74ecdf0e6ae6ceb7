import { z } from 'zod';
import { defineResource, isRepository, type Plan, type Reply, type Resource, sh } from '../../src/index.js';
import {
  type FormerRegistry,
  parseOwnRegistries,
  printOwnRegistries,
  readRegistryFiles,
} from './looks/own-registries.js';
import { defineHolder, describeHolder, type PortHolder, parseHolder } from './looks/port-holder.js';
import { formerRefs, moveScript } from './move/move-script.js';
import { describeFormer, type NewName, planMove } from './move/plan-move.js';

const params = z.strictObject({
  name: z.string().describe('Name of the registry'),
  url: z.string().describe('Address of the registry as the host reaches it'),
  port: z.int(),
  runtime: z.enum(['package', 'docker', 'podman']),
  unit: z.string().describe('Unit that runs it; with the docker runtime, its container does'),
  container: z.string().describe('Container that it is, for the runtimes docker and podman'),
  config_path: z.string(),
  storage: z.string().default('').describe('Folder of its images; empty: its driver needs none'),
  share: z.string().default('').describe('Share that is mounted there: `nfs1:/export`'),
  user: z.string().optional().describe('User of its unit, where the variables decide that; empty: root'),
  packaged: z
    .strictObject({ unit: z.string(), config: z.string() })
    .optional()
    .describe("The package's own unit, which makes way for a registry that has a unit of its own"),
  siblings: z.array(z.string()).default([]).describe('Names of the registries that the host has by the site'),
  leaving: z.array(z.string()).default([]).describe('Names of those that the site removes'),
  config: z
    .string()
    .optional()
    .describe('Its configuration, where nobody said whether it is to be read-only: one that is must stay so'),
  force: z.boolean().default(false).describe('Replace a registry that others set up'),
});

type Params = z.output<typeof params>;

export interface RegistryState {
  /** HTTP status at its port: 0 where nothing answers. */
  readonly status: number;
  /** Repositories in its catalog (the first hundred); undefined when no registry answers, or it wants an account. */
  readonly repositories: readonly string[] | undefined;
  readonly holder: PortHolder | undefined;
  /** Name by which systemd knows the unit: aliases lead to it. */
  readonly unitId: string;
  /** True where its unit or container is said to run. */
  readonly isActive: boolean;
  /** User of the unit as it is on the host; empty: root; undefined: there is no unit. */
  readonly unitUser: string | undefined;
  /** Registries of this tool's making, under other names, whose port this is. */
  readonly others: readonly FormerRegistry[];
  /** The folder of the images holds some. */
  readonly hasImages: boolean;
  /** True where its configuration, if one was given, makes it read-only. */
  readonly readOnly: boolean;
}

/** Check of a registry's port: a registry that this role does not manage is kept, one that has a new name is moved. */
export const registry_state = defineResource({
  kind: 'registry_state',
  summary: 'Whether a registry is there already',
  params,
  create: (params): Resource<RegistryState> => ({
    kind: 'registry_state',
    id: params.url,
    provides: [ownService(params)],
    needs: [],
    staging: 'skip',
    probe: () => probe(params),
    parse: parseRegistryState,
    plan: (state, host) => plan(state, params, params.force || host.force),
    result: (state) => ({
      repositories: (state.repositories ?? []).filter(isRepository),
      answers: state.repositories !== undefined || state.status === 401 || state.status === 403,
      foreign: plan(state, params, params.force).verdict === 'kept',
    }),
  }),
});

function ownService({ runtime, container, unit }: Params): `service:${string}` {
  return `service:${runtime === 'docker' ? container : unit}`;
}

function probe({ url, port, runtime, unit, container, storage, config, packaged }: Params) {
  const other = url.startsWith('https:') ? url.replace(/^https/, 'http') : url.replace(/^http/, 'https');
  const path = '/v2/_catalog?n=100';
  const unitFile = `/etc/systemd/system/${unit}.service`;
  return sh`LC_ALL=C; export LC_ALL
catalog() { curl -sk --noproxy '*' --max-time 5 -w '\n%{http_code}\n' "$1"; }
answer= status=000
if command -v curl >/dev/null 2>&1; then
  for url in ${[url + path, other + path]}; do
    answer=$(catalog "$url") status=\${answer##*
}
    case $status in 200 | 401 | 403) break ;; esac
  done
fi
printf '%s\n%s\n' "\${answer%
*}" "$status"
${defineHolder(runtime === 'docker')}
holder ${port} "$status"
${readRegistryFiles}
${printOwnRegistries({ port, unit, packaged })}
printf 'unit\t%s\n' "$(systemctl show -p Id -- ${unit} 2>/dev/null | sed -n 's/^Id=//p')"
if [ -f ${unitFile} ]; then printf 'user\t%s\n' "$(sed -n 's/^User=//p' ${unitFile} | tail -n 1)"; fi
${runtime === 'docker' ? sh`[ "$(docker inspect -f '{{.State.Running}}' ${container} 2>/dev/null)" = true ] && echo active` : sh`systemctl is-active -q ${unit} 2>/dev/null && echo active`}
${storage === '' ? sh`:` : sh`[ -n "$(ls -A ${`${storage}/docker/registry/v2/repositories`} 2>/dev/null)" ] && echo images`}
${config === undefined ? sh`:` : sh`grep -A1 '^ *readonly:' ${config} 2>/dev/null | grep -q 'enabled: true' && echo read-only`}
:`;
}

export function parseRegistryState(reply: Reply): RegistryState {
  const lines = reply.stdout.split('\n');
  const at = lines.findIndex((line) => /^\d{3}$/.test(line));
  if (at < 0) throw new Error(`could not query the registry: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
  const status = Number(lines[at]);
  const rest = lines.slice(at + 1);
  const { holder, containers } = parseHolder(reply.stdout);
  const word = (name: string) => rest.find((line) => line.startsWith(`${name}\t`))?.slice(name.length + 1);
  return {
    status,
    repositories: status === 200 ? catalogOf(lines.slice(0, at).join('\n')) : undefined,
    holder,
    unitId: word('unit') ?? '',
    isActive: rest.includes('active'),
    unitUser: word('user'),
    others: parseOwnRegistries(reply.stdout, containers),
    hasImages: rest.includes('images'),
    readOnly: rest.includes('read-only'),
  };
}

function catalogOf(body: string): readonly string[] | undefined {
  try {
    return z.object({ repositories: z.array(z.string()).nullable() }).parse(JSON.parse(body)).repositories ?? [];
  } catch {
    return undefined; // Something answers at this port that is no registry.
  }
}

function plan(state: RegistryState, params: Params, isForced: boolean): Plan<RegistryState> {
  const { config, name, user } = params;
  if (state.readOnly && isForced)
    return {
      verdict: 'refused',
      message: `the registry is read-only by ${config ?? 'its configuration'}, and would become writable: registry_read_only is not set`,
      hint: 'set registry_read_only: true to keep it so, or false to make it writable',
    };
  const others = othersOf(state, params);
  const former = others.find((each) => has(each, state));
  if (former !== undefined) return planFormer(former, state, params, isForced);
  if (isForeign(state, params)) return planForeign(state, params, isForced);
  if (user !== undefined && state.unitUser !== undefined && state.unitUser !== user && !isForced)
    return {
      verdict: 'kept',
      summary: `the unit of ${name} runs as ${state.unitUser || 'root'}, and registry_user is ${user || 'root'}: it is kept, and its files stay as they are`,
      hint: 'set registry_force: true (or --force) to hand the registry and its images over',
    };
  return { verdict: 'ok', note: [describeAnswer(state), ...describeRivals(others)].join('; ') };
}

/** Tells whether a former registry has the port, or would have it back after the next start of the host. */
function has({ name, unit, runtime }: FormerRegistry, { holder, status }: RegistryState): boolean {
  if (holder === undefined) return status === 0;
  return runtime === 'docker'
    ? holder.container === name
    : holder.unit === `${unit}.service` || holder.container === name;
}

/** Returns the registries of this tool's making at the port, but for the container that is looked for itself. */
function othersOf({ others }: RegistryState, { runtime, container }: Params): readonly FormerRegistry[] {
  return others.filter((each) => !(runtime === 'docker' && each.runtime === 'docker' && each.name === container));
}

function describeRivals(others: readonly FormerRegistry[]): string[] {
  return others.map((each) => `${describeFormer(each)} is set up for the same port: set state: absent for it`);
}

function planForeign(state: RegistryState, { port, name }: Params, isForced: boolean): Plan<RegistryState> {
  const what = `port ${port} is held by ${describeHolder(state.holder)}`;
  const way = `stop it first, or set registry_port to another port for ${name}`;
  if (isRegistry(state) && !isForced)
    return {
      verdict: 'kept',
      summary: `a registry ${describeContent(state)} is there already, run by something else (${what}): kept`,
      hint:
        state.holder === undefined
          ? 'set docker_registry_setup_force: true (or --force) to set up this one anyway'
          : `${way}; docker_registry_setup_force does not take a port away`,
    };
  return {
    verdict: 'refused',
    message: `${what}, ${isRegistry(state) ? `a registry ${describeContent(state)}` : 'which is no registry'}`,
    hint: way,
  };
}

/** Plans for a registry of this tool's making that has the port under another name. */
function planFormer(
  former: FormerRegistry,
  state: RegistryState,
  params: Params,
  isForced: boolean,
): Plan<RegistryState> {
  const { name, port, siblings, leaving } = params;
  if (leaving.includes(former.name))
    return { verdict: 'ok', note: `port ${port} is held by ${describeFormer(former)}, which this run removes` };
  if (siblings.includes(former.name) && former.name !== name) {
    const what = `port ${port} is held by ${describeFormer(former)}, another registry of this site`;
    const hint = `choose another port for ${name}, or move ${former.name} to its new port first, in a run of its own`;
    return isForced ? { verdict: 'refused', message: what, hint } : { verdict: 'kept', summary: `${what}: kept`, hint };
  }
  const to: NewName = { ...params, configPath: params.config_path, hasImages: state.hasImages };
  const planned = planMove(former, to, isForced);
  if (planned.is === 'kept') return { verdict: 'kept', summary: `${planned.why}: kept`, hint: planned.hint };
  if (planned.is === 'refused') return { verdict: 'refused', message: planned.why, hint: planned.hint };
  const images = planned.movesImages ? `, its images from ${former.storage} to ${to.storage}` : '';
  return {
    verdict: 'change',
    summary: `moved from ${describeFormer(former)} to ${name}${images}`,
    apply: { via: 'sh', script: moveScript(former, to, planned.movesImages) },
    affects: [ownService(params), ...formerRefs(former)],
    verify: (after) =>
      after.others.some((each) => each.name === former.name)
        ? `${describeFormer(former)} still has the port`
        : undefined,
  };
}

/** Tells whether the port belongs to another than this registry. Where nobody tells who has it, its service counts. */
function isForeign(state: RegistryState, params: Params): boolean {
  const { holder, unitId, isActive, repositories } = state;
  const { runtime, container, packaged, force } = params;
  if (holder === undefined)
    return !isActive && !force && isRegistry(state) && (repositories === undefined || repositories.length > 0);
  if (runtime === 'docker' && holder.container === container) return false;
  if (runtime === 'podman' && holder.container === container && isActive) return false;
  if (runtime !== 'docker' && holder.unit !== '' && holder.unit === unitId) return false;
  // The package's own, which begins to run when it is installed: it makes way.
  if (packaged !== undefined && holder.unit === `${packaged.unit}.service`)
    return !force && isRegistry(state) && repositories?.length !== 0;
  return true;
}

function isRegistry({ status, repositories }: RegistryState): boolean {
  return repositories !== undefined || status === 401 || status === 403;
}

function describeContent({ repositories }: RegistryState): string {
  if (repositories === undefined) return 'that asks for an account (what is in it is not known)';
  return `with ${countOf(repositories)}`;
}

function describeAnswer(state: RegistryState): string {
  const { repositories } = state;
  if (!isRegistry(state)) return 'no registry answers yet';
  if (repositories === undefined) return 'a registry answers, and asks for an account: what is in it is not known';
  return `a registry answers, ${countOf(repositories)}`;
}

function countOf(repositories: readonly string[]): string {
  return `${repositories.length}${repositories.length === 100 ? ' or more' : ''} repositories`;
}
