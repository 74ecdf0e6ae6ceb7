import { readFileSync } from 'node:fs';
import { openConnection } from '../../../../src/connection/open.js';
import type { RunEvent, RunReport } from '../../../../src/engine/events.js';
import { runPlays } from '../../../../src/engine/run/run.js';
import { Diagnostics, loadInventory, type Play } from '../../../../src/index.js';
import { resourceKinds } from '../../../../src/resources/all.js';
import { loadSite } from '../../../../src/site/load.js';
import { roleCatalog } from '../../../../src/site/modules/catalog.js';
import { controllerFiles } from '../../../../src/site/render/files.js';
import { type CutMoment, cutting } from '../../../kit/connection/cutting.js';
import { FaultProxy } from '../../../kit/connection/fault-proxy.js';
import { labHost, type Scratch } from '../../../kit/inventory.js';
import { knownHosts, placeOf, ssh, sshPort } from '../../lab.js';

type TaskEnd = Extract<RunEvent, { event: 'task-end' }>;

/** A link that was cut in a change. */
export interface Cut {
  readonly task: string;
  readonly moment: CutMoment;
  /** The change's name in the host's journal; empty for work of the controller. */
  readonly id: string;
}

/** What came of one run. */
export interface SweepRun {
  readonly report: RunReport;
  readonly cut: Cut | undefined;
  readonly ends: readonly TaskEnd[];
  /** What was said of the host being out of reach, or failing. */
  readonly said: string;
  readonly warnings: readonly string[];
  /** Seconds from the cut to the end of the run. */
  readonly after: number;
}

/** What the host has written down of changes, over all runs since it was started. */
export interface SweepJournal {
  /** By their names in it; the status is empty where none came to be. */
  readonly changes: ReadonlyMap<string, { readonly task: string; readonly status: string }>;
  /** How often a change of this task has succeeded. */
  done(task: string): number;
}

/** Which moment of a change is to be cut, if any. */
export type Choice = (change: string) => CutMoment | undefined;

/** One host of the lab behind a proxy that makes faults, and runs on it in this process. */
export class SweepHost {
  readonly host: string;
  readonly #files: Scratch;
  readonly #proxy: FaultProxy;
  readonly #known: string;

  private constructor(host: string, files: Scratch, proxy: FaultProxy, known: string) {
    this.host = host;
    this.#files = files;
    this.#proxy = proxy;
    this.#known = known;
  }

  static async of(host: string, files: Scratch): Promise<SweepHost> {
    const { address } = placeOf(host);
    const proxy = await FaultProxy.before({ host: address, port: sshPort });
    const line = readFileSync(knownHosts, 'utf8')
      .split('\n')
      .find((each) => each.startsWith(`[${address}]:${sshPort}`));
    const known = files.write(`known-${host}`, `${(line ?? '').replace(/^\S+/, `[127.0.0.1]:${proxy.port}`)}\n`);
    return new SweepHost(host, files, proxy, known);
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }

  /** Plays of this host with a role. */
  async plays(role: string, vars: Readonly<Record<string, unknown>>): Promise<readonly Play[]> {
    const file = this.#files.write(
      `${this.host}-${role}.yaml`,
      JSON.stringify([{ hosts: 'all', gather_facts: true, roles: [{ role, vars }] }]),
    );
    const inventory = this.#files.write(
      `${this.host}-inventory.yaml`,
      JSON.stringify({ all: { hosts: { [this.host]: labHost(this.host) } } }),
    );
    const diagnostics = new Diagnostics();
    const site = await loadSite(
      {
        file,
        inventory: loadInventory([inventory], diagnostics),
        extraVars: new Map(),
        catalog: roleCatalog(this.#files.path),
        kinds: resourceKinds,
        flags: { force: false, sync: undefined, check: false },
        overrides: {},
      },
      diagnostics,
    );
    diagnostics.throwIfAny();
    return site.plays;
  }

  /**
   * Runs plays; the first change that `choose` names a moment for loses its link then. Unless it may be made again, the
   * host is out of reach from there on.
   *
   * @param byController tasks whose change is work of the controller, with no script of its own
   */
  async run(plays: readonly Play[], choose: Choice, again = false, byController = /^images from/): Promise<SweepRun> {
    const ends: TaskEnd[] = [];
    const warnings: string[] = [];
    let said = '';
    let cut: Cut | undefined;
    let task = '';
    let struck = performance.now();
    this.#proxy.heal();
    const strike = () => {
      struck = performance.now();
      this.#proxy.refuses = !again;
      this.#proxy.strike('reset');
    };
    const take = (moment: CutMoment | undefined, id = '') => {
      if (cut === undefined && moment !== undefined) cut = { task, moment, id };
      return moment;
    };
    const when = (script: string) => {
      const id = /'started (\S+)'/.exec(script)?.[1];
      return cut === undefined && id !== undefined ? take(choose(task), id) : undefined;
    };
    const byEvent = (moment: CutMoment) => {
      if (cut === undefined && byController.test(task) && choose(task) === moment) {
        take(moment);
        strike();
      }
    };
    const report = await runPlays(plays, {
      check: false,
      force: false,
      forks: 1,
      tags: [],
      skipTags: [],
      strict: false,
      files: controllerFiles(this.#files.path),
      signal: new AbortController().signal,
      reconnectSeconds: again ? 20 : 0.01,
      connect: async (name, settings) => {
        const through = { ...settings, address: '127.0.0.1', port: this.#proxy.port, knownHostsFiles: [this.#known] };
        return cutting(await openConnection(name, through), this.#proxy, when, strike);
      },
      onEvent: (event) => {
        if (event.event === 'task-start') task = `${event.task}${event.handler ? ' (handler)' : ''}`;
        if (event.event === 'task-start') byEvent('before it is sent');
        if (event.event === 'task-line') byEvent('after it is sent');
        if (event.event === 'task-end') ends.push(event);
        if (event.event === 'task-end' && event.outcome === 'changed') byEvent('after the reply');
        if (event.event === 'host-unreachable' || event.event === 'host-failed')
          said = `${event.message} ${event.hint}`;
        if (event.event === 'message') warnings.push(event.text);
      },
    });
    return { report, cut, ends, said, warnings, after: (performance.now() - struck) / 1000 };
  }

  async on(script: string): Promise<string> {
    const { stdout, stderr, exitCode } = await ssh(this.host, script);
    if (exitCode !== 0) throw new Error(`${this.host}: ${stderr}`);
    return stdout;
  }

  async journal(): Promise<SweepJournal> {
    const changes = new Map<string, { task: string; status: string }>();
    for (const row of (await this.on('cat /run/provision/journal 2>/dev/null || true')).split('\n')) {
      const [word, id = '', next = '', ...rest] = row.split(' ');
      if (word === 'started') changes.set(id, { task: rest.join(' '), status: '' });
      const change = changes.get(id);
      if (word === 'finished' && change !== undefined) change.status = next;
    }
    return {
      changes,
      done: (name) => [...changes.values()].filter(({ task, status }) => task === name && status === '0').length,
    };
  }
}
