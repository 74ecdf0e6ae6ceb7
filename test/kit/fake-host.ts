import type { Connection, ConnectionError, Request, Response } from '../../src/connection/connection.js';
import type { RunEvent } from '../../src/engine/events.js';
import { factsScript } from '../../src/engine/facts/facts-script.js';
import { runPlays } from '../../src/engine/run/run.js';
import type { RunOptions } from '../../src/engine/run/run-context.js';
import type { ConnectionSettings, HostProgram, Play } from '../../src/model/play.js';
import type { Plan, Resource } from '../../src/model/resource.js';
import type { Become, Task, TaskItem } from '../../src/model/task.js';
import { sh } from '../../src/sh.js';

/**
 * A host that holds settings (a key and a value) and understands the scripts of {@link setting} only. It notes each
 * request it gets, so that tests can count them.
 */
export class FakeHost {
  readonly settings = new Map<string, string>();
  /** What lies in the folder of pending handlers: file → content. */
  readonly pending = new Map<string, string>();
  /** Requests in order: `facts`, `a b`, `set a=1 | a | b`; with `user: ` before for another user than root. */
  readonly requests: string[] = [];
  readonly facts: Record<string, string> = { user: 'root', uid: '0', home: '/root', os_id: 'debian', end: 'facts' };
  /** Called before each request is answered; what it throws the request throws. */
  onRequest: (request: string) => unknown = () => {};
  /** Called when a request has been carried out, before its answer is given; what it throws the request throws. */
  onAnswer: (request: string) => unknown = () => {};
  /** What the journal says of the changes of a run: id → `started`, `finished 0`. */
  readonly journal = new Map<string, string>();
  /** What the script of a change to a key ends with instead of being made. */
  readonly failing = new Map<string, Partial<Response>>();
  /** Requests that are answered with more than a connection keeps: `facts`, or the key whose setting is asked for. */
  readonly flooding = new Set<string>();
  /** The link is known to be gone. */
  hasLostLink = false;
  isLocked = false;
  closed = 0;
  opened = 0;

  connect(): Connection {
    this.opened += 1;
    this.hasLostLink = false;
    return {
      probe: (requests, as) => this.#answer(requests, [], as),
      apply: async (change, probes, as) => {
        const [first, ...others] = await this.#answer([change], probes, as);
        if (first === undefined) throw new Error('no answer');
        return [first, ...others];
      },
      upload: async (script, content, as) => {
        let text = '';
        for await (const chunk of content) text += chunk;
        const [answer] = await this.#answer([{ script: sh`${script} # upload ${text}` }], [], as);
        if (answer === undefined) throw new Error('no answer');
        return answer;
      },
      dial: async (host, port) => {
        throw new Error(`nothing is reached from here, ${host}:${port} neither`);
      },
      isLost: () => this.hasLostLink,
      lock: () => {
        this.isLocked = true;
      },
      close: async () => {
        this.closed += 1;
      },
    };
  }

  async #answer(requests: readonly Request[], probes: readonly Request[], as: Become): Promise<Response[]> {
    const user = as === false ? 'nobody: ' : as.user === 'root' ? '' : `${as.user}: `;
    const told = user + [requests.map(inShort).join(' '), ...probes.map(inShort)].join(' | ');
    this.requests.push(told);
    await this.onRequest(told);
    const answers = [...requests, ...probes].map((request) => ({
      status: 0,
      stdout: '',
      stderr: '',
      timedOut: false,
      ...this.#run(request),
      ...(this.flooding.has(inShort(request)) && { leftOut: 5_000_000 }),
    }));
    await this.onAnswer(told);
    return answers;
  }

  #run({ script: { script }, onLine }: Request): Partial<Response> {
    if (script === factsScript.script) {
      const pending = [...this.pending].map(([file, name]) => `pending.system=${file} ${name}`);
      return { stdout: [...pending, ...Object.entries(this.facts).map((entry) => entry.join('='))].join('\n') };
    }
    const probed = /^PROBE (\S+)$/.exec(script)?.[1];
    if (probed !== undefined) {
      const value = this.settings.get(probed);
      return value === 'unreadable' ? { status: 1, stderr: 'cannot read' } : { stdout: value ?? '' };
    }
    const asked = /'\^finished (\S+) '/.exec(script)?.[1];
    if (asked !== undefined) return { stdout: this.#journalOf(asked) };
    for (const [, name, file] of script.matchAll(/printf '%s\\n' (.+) >\/var\/lib\/provision\/pending\/(\S+)/g)) {
      this.pending.set(file ?? '', (name ?? '').replaceAll("'", ''));
    }
    const [, key = '', value = ''] = /SET (\S+) (\S*)/.exec(script) ?? [];
    const id = /'started (\S+)'/.exec(script)?.[1];
    const failure = this.failing.get(key);
    if (id !== undefined) this.journal.set(id, `finished ${failure?.status ?? 0}`);
    if (failure !== undefined) return failure;
    if (key !== '') {
      onLine?.(`setting ${key}`);
      this.settings.set(key, value);
    }
    for (const [, file] of script.matchAll(/rm -f \/var\/lib\/provision\/pending\/(\S+)/g))
      this.pending.delete(file ?? '');
    return {};
  }

  /** As the journal's script says it. */
  #journalOf(id: string): string {
    const known = this.journal.get(id);
    const [word, ...more] = known?.split(' ') ?? [];
    const lines = known === undefined ? [] : [`started ${id} 17 name`];
    if (word === 'finished') lines.push(`finished ${id} ${more}`);
    return [`ruled-out ${id}`, ...lines, 'end'].join('\n');
  }
}

/** Whether a request asks what became of a change, or whether the host was started anew meanwhile. */
function asksAfterLoss(script: string): boolean {
  return script.includes('provision_folder') && !script.includes('provision_status');
}

function inShort({ script: { script } }: Request): string {
  if (script === factsScript.script) return 'facts';
  const probed = /^PROBE (\S+)$/.exec(script)?.[1];
  if (probed !== undefined) return probed;
  if (asksAfterLoss(script)) return script.includes('ruled-out') ? 'journal' : 'same boot?';
  const record = script.includes('>/var/lib/provision/pending/') ? 'record, ' : '';
  const strike = script.includes('rm -f /var/lib/provision/pending/') ? ', strike' : '';
  const [, key, value] = /SET (\S+) (\S*)/.exec(script) ?? [];
  return `${record}${key === undefined ? '' : `set ${key}=${value}`}${strike}`.replace(/^, |, $/g, '');
}

type Change = Extract<Plan<string>, { readonly verdict: 'change' }>;

/** A task that gives a setting a value. */
export function setting(
  key: string,
  value: string,
  more: Partial<Omit<Task, 'resource'>> & {
    resource?: Partial<Resource<string>>;
    change?: Partial<Change>;
    plan?: (state: string) => Plan<string> | undefined;
  } = {},
): Task {
  const { resource, change, plan, ...words } = more;
  const whole: Resource<string> = {
    kind: 'setting',
    id: key,
    provides: [`path:${key}`],
    needs: [],
    staging: 'path',
    probe: () => sh`PROBE ${key}`,
    parse: ({ status, stdout, stderr }) => {
      if (status !== 0) throw new Error(stderr);
      return stdout;
    },
    plan: (state) =>
      plan?.(state) ??
      (state === value
        ? { verdict: 'ok' }
        : {
            verdict: 'change',
            summary: `${state} -> ${value}`,
            apply: { via: 'sh', script: sh`SET ${key} ${value}` },
            ...change,
          }),
    result: (state) => ({ value: state }),
    ...resource,
  };
  return { kind: 'task', name: `set ${key}`, resource: whole, ...words };
}

/** An action, for handlers: planned each time, done when its script was. */
export function action(key: string, words: Partial<Omit<Task, 'resource'>> = {}): Task {
  const done = (): Plan<string> => ({
    verdict: 'change',
    summary: 'done',
    apply: { via: 'sh', script: sh`SET ${key} done` },
    verify: (state) => (state === 'done' ? undefined : 'not done'),
  });
  return setting(key, '', { ...words, name: words.name ?? key, plan: done });
}

/** Settings of fake hosts, unless a test has its own. */
export const settings: ConnectionSettings = {
  connection: 'ssh',
  address: '',
  port: undefined,
  user: undefined,
  identityFiles: [],
  knownHostsFiles: undefined,
  password: undefined,
  become: true,
  becomeUser: 'root',
  becomePassword: undefined,
  root: '',
  acceptNew: false,
  connectTimeout: 10,
};

type Program = readonly TaskItem[] | ((host: string) => readonly TaskItem[] | HostProgram);

/** A play over hosts by name. */
export function play(
  hosts: readonly string[],
  program: Program,
  more: Partial<Play> & { handlers?: readonly Task[]; settings?: Partial<ConnectionSettings> } = {},
): Play {
  const { handlers = [], settings: own, ...words } = more;
  return {
    name: 'play',
    hosts: hosts.map((name) => ({ name, settings: { ...settings, ...own } })),
    serial: [],
    maxFailPercentage: undefined,
    anyErrorsFatal: false,
    gatherFacts: true,
    program: ({ name }) => {
      const made = typeof program === 'function' ? program(name) : program;
      return 'items' in made ? made : { items: made, handlers };
    },
    ...words,
  };
}

/** Hosts that can't be connected to are given as the error. */
export type FakeHosts = Readonly<Record<string, FakeHost | ConnectionError>>;

/** Runs plays over fake hosts; tells how each task came out: `host task: outcome summary`. */
export async function runOver(hosts: FakeHosts, plays: readonly Play[], options: Partial<RunOptions> = {}) {
  const events: RunEvent[] = [];
  const report = await runPlays(plays, {
    check: false,
    force: false,
    forks: 32,
    tags: [],
    skipTags: [],
    strict: false,
    files: { template: (src) => src, file: (src) => src, own: (name) => name },
    signal: new AbortController().signal,
    connect: async (name) => {
      const host = hosts[name];
      if (!(host instanceof FakeHost)) throw host ?? new Error(`no host ${name}`);
      return host.connect();
    },
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  const ends = events.flatMap((event) => (event.event === 'task-end' ? [event] : []));
  const lines = events.flatMap((event): string[] => {
    switch (event.event) {
      case 'task-end':
        return [`${event.host} ${event.task}: ${event.outcome} ${event.summary}`.trimEnd()];
      case 'host-failed':
      case 'host-unreachable':
        return [`${event.host} ${event.event}: ${event.message}`];
      case 'message':
        return [`${event.host ?? ''} ${event.level}: ${event.text}`.trimStart()];
      default:
        return [];
    }
  });
  return { report, events, ends, lines };
}
