import type { Facts } from '../../src/model/facts.js';
import { type HostRecords, noRecords } from '../../src/model/records.js';
import type { Apply, ControllerSession, HostContext, Plan, Reply, Resource } from '../../src/model/resource.js';
import type { Task } from '../../src/model/task.js';
import { runInShell } from './long-lived-shell.js';
import { runProcess } from './run-process.js';

/** How scripts reach a host: here by default, or `['ssh', '-F', config, 'registry1']`, or `['docker', 'exec', '-i', name]`. */
export type Way = readonly string[];

export interface Setting {
  readonly root?: string;
  readonly force?: boolean;
  readonly update?: boolean;
  readonly records?: HostRecords;
  readonly facts?: Partial<Facts>;
  readonly files?: Partial<HostContext['files']>;
  readonly way?: Way;
  /** The shell that runs the scripts; default `sh`. */
  readonly shell?: string;
}

/** What one pass of the converge loop made of a resource. */
export interface Pass {
  readonly plan: Plan;
  readonly reply: Reply | undefined;
  /** Why it failed: the script's error, or what the second reading found wrong. */
  readonly failure: string | undefined;
  /** Plan of a run that follows. */
  readonly next: Plan;
  readonly result: Readonly<Record<string, unknown>>;
}

/** Probes, plans, applies, probes again and verifies, as the engine does, with a plain `sh`. */
export async function converge(task: Task, setting: Setting = {}): Promise<Pass> {
  const { resource } = task;
  const host = hostContext(setting);
  const plan = await planOf(resource, host, setting);
  if (plan.verdict !== 'change') return { plan, reply: undefined, failure: undefined, next: plan, result: {} };
  const reply = await applied(plan.apply, host, setting);
  const state = await stateOf(resource, host, setting);
  const failure = reply.status === 0 ? judge(resource, plan, state, reply, host) : reply.stderr.trim();
  return { plan, reply, failure, next: resource.plan(state, host), result: resource.result?.(state) ?? {} };
}

/** The plan alone, as in check mode. */
export async function check(task: Task, setting: Setting = {}): Promise<Plan> {
  return planOf(task.resource, hostContext(setting), setting);
}

/** The plan for a state that a probe would have printed so. */
export function planFrom(task: Task, stdout: string, setting: Setting = {}): Plan {
  const host = hostContext(setting);
  return task.resource.plan(task.resource.parse({ status: 0, stdout, stderr: '' }, host), host);
}

async function planOf(resource: Resource, host: HostContext, setting: Setting): Promise<Plan> {
  return resource.plan(await stateOf(resource, host, setting), host);
}

async function stateOf(resource: Resource, host: HostContext, setting: Setting): Promise<unknown> {
  const state = resource.parse(await runScript(resource.probe(host).script, '', setting), host);
  return resource.look === undefined
    ? state
    : resource.look(state, { host, dial, progress: () => {}, peers: 1, check: false });
}

async function applied(apply: Apply, host: HostContext, setting: Setting): Promise<Reply> {
  if (apply.via === 'controller') {
    const run: ControllerSession['run'] = (script, { stdin = '' } = {}) => runScript(script.script, stdin, setting);
    const failure = await apply.run({ host, run, dial, progress: () => {} });
    return { status: failure === undefined ? 0 : 1, stdout: '', stderr: failure ?? '' };
  }
  const input = apply.via === 'upload' ? await bytesOf(apply.content()) : (apply.stdin ?? '');
  return runScript(apply.script.script, input, setting);
}

function dial(): Promise<never> {
  throw new Error('this needs the engine');
}

function judge(resource: Resource, plan: Plan, state: unknown, reply: Reply, host: HostContext): string | undefined {
  if (plan.verdict === 'change' && plan.verify !== undefined) return plan.verify(state, reply);
  const after = resource.plan(state, host);
  if (after.verdict === 'ok' || after.verdict === 'kept') return undefined;
  return `did not converge: ${after.verdict === 'change' ? after.summary : after.message}`;
}

export async function runScript(script: string, input: string | Uint8Array, setting: Setting): Promise<Reply> {
  const { way = [], shell = 'sh' } = setting;
  if (way.length === 0 || way[0] === 'nsenter') return runInShell([...way, ...shell.split(' ')], script, input);
  const [command = '', ...args] = [...way, ...shell.split(' '), '-c'];
  const wrapped = way[0] === 'ssh' ? `'${script.replaceAll("'", `'\\''`)}'` : script;
  return runProcess(command, [...args, wrapped], input);
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function hostContext(setting: Setting = {}): HostContext {
  const { root = '', force = false } = setting;
  return {
    name: 'here',
    address: '',
    facts: { ...facts, ...setting.facts },
    root,
    at: (path) => `${root}${path}`,
    force,
    update: setting.update ?? false,
    records: setting.records ?? noRecords,
    files: {
      template: (src) => {
        throw new Error(`no template ${src}`);
      },
      file: (src) => {
        throw new Error(`no file ${src}`);
      },
      own: (name) => {
        throw new Error(`nothing of our own, no ${name}`);
      },
      ...setting.files,
    },
  };
}

const facts: Facts = {
  os_family: 'debian',
  os_id: 'debian',
  os_version: '12',
  os_major: 12,
  os_name: 'Debian GNU/Linux 12',
  arch: 'x86_64',
  kernel: '6.1',
  hostname: 'here',
  fqdn: 'here.example.com',
  addresses: ['192.0.2.1'],
  default_address: '192.0.2.1',
  package_manager: 'apt',
  service_manager: 'systemd',
  docker_version: '',
  podman_version: '',
  user: 'root',
  uid: 0,
  home: '/root',
};
