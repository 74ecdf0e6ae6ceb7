import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { Diagnostics, InputError } from '../../src/diagnostics/diagnostic.js';
import { packageRoot } from '../../src/files/package-root.js';
import { loadInventory } from '../../src/inventory/load.js';
import { defineResource } from '../../src/model/define-resource.js';
import type { Facts } from '../../src/model/facts.js';
import { noRecords } from '../../src/model/records.js';
import { defineRole, type Role, type RunFlags } from '../../src/model/role.js';
import { type Block, type ResourceKind, type Results, stage, type TaskItem } from '../../src/model/task.js';
import { renderTemplateParams } from '../../src/resources/files/render.js';
import { sh } from '../../src/sh.js';
import { type LoadedSite, loadSite } from '../../src/site/load.js';
import { standInFacts } from '../../src/site/render/ansible-facts.js';
import { controllerFiles } from '../../src/site/render/files.js';
import { parseExtraVars } from '../../src/vars/variables.js';

function kind<Params extends z.ZodType>(
  name: string,
  params: Params,
  id: (params: z.output<Params>) => string,
  rendering: Pick<ResourceKind, 'sources' | 'render'> = {},
) {
  return defineResource({
    ...rendering,
    kind: name,
    summary: `fake ${name}`,
    params,
    create: (given) => ({
      kind: name,
      id: id(given),
      provides: [],
      needs: [],
      staging: 'skip',
      probe: () => sh`true`,
      parse: () => given,
      plan: () => ({ verdict: 'ok' }),
    }),
  });
}

const path = z.string().startsWith('/', 'must be an absolute path');
const file = kind(
  'file',
  z.strictObject({
    path,
    content: z.string().optional(),
    src: z.string().optional(),
    mode: z.string().optional(),
    state: z.enum(['present', 'absent']).default('present'),
  }),
  (params) => params.path,
  { sources: { src: 'file' } },
);
const template = kind(
  'template',
  z.strictObject({ src: z.string(), dest: path, data: z.record(z.string(), z.unknown()).default({}) }),
  (params) => params.dest,
  { sources: { src: 'template' }, render: renderTemplateParams },
);
const service = kind(
  'service',
  z.strictObject({ name: z.string(), enabled: z.boolean().optional() }),
  ({ name }) => name,
);
const command = kind(
  'command',
  z.union([z.string(), z.strictObject({ cmd: z.string(), always: z.boolean().default(false) })]),
  (params) => (typeof params === 'string' ? params : params.cmd),
);
const kinds: readonly ResourceKind[] = [file, template, service, command];

const web = defineRole({
  name: 'web',
  summary: 'A web server',
  vars: z.object({
    web_port: z.number().int().default(80),
    web_tls: z.boolean().default(false),
    web_name: z.string().default('{{inventory_hostname}}:{{web_port}}'),
    web_sites: z.array(z.object({ host: z.string(), root: path.optional() })).default([]),
  }),
  tasks: ({ vars, facts, flags }) => [
    file({
      path: '/etc/web.conf',
      content: JSON.stringify({ ...vars, os: facts.os_family, force: flags.force }),
      notify: [service({ title: 'restart web', name: 'web' }), 'reload all'],
      tags: ['config'],
    }),
    stage('sites', () => [file({ path: '/srv/sites' })]),
    service({ name: 'web', become: { user: 'www' } }),
  ],
});

const balanced = defineRole({
  name: 'balanced',
  summary: 'Takes a host out of its balancer',
  vars: z.object({ balanced_by: z.string() }),
  tasks: ({ vars, inventoryHostname }) => [
    command({ title: 'drain', cmd: `drain ${inventoryHostname}`, delegateTo: vars.balanced_by }),
  ],
});

const roles: Readonly<Record<string, Role>> = { web, balanced };

interface Loaded extends LoadedSite {
  /** The mistakes, one a line. */
  readonly told: string;
  /** The program that a host gets from the first play, one item a line. */
  program(host: string, facts?: Partial<Facts>): string;
  /** What stages and conditions of the program come to, once results are known. */
  reach(host: string, results: Results): Promise<string>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Loads a site from files in a folder of its own, with fake resources and a fake role. */
export async function load(
  files: Readonly<Record<string, string>>,
  options: {
    readonly limit?: string;
    readonly extra?: readonly string[];
    readonly flags?: Partial<RunFlags>;
    readonly kinds?: readonly ResourceKind[];
    /** Links in its folder, and where they lead. */
    readonly links?: Readonly<Record<string, string>>;
  } = {},
): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const [name, to] of Object.entries(options.links ?? {})) symlinkSync(to, join(folder, name));
  const diagnostics = new Diagnostics();
  const inventory = loadInventory([join(folder, 'inventory.yaml')], diagnostics);
  const site = await loadSite(
    {
      file: join(folder, 'site.ts' in files ? 'site.ts' : 'site.yaml'),
      inventory,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      extraVars: parseExtraVars(options.extra ?? [], diagnostics),
      catalog: { names: () => Object.keys(roles), load: async (name) => roles[name], partsOfAnsible: () => [] },
      kinds: [...kinds, ...(options.kinds ?? [])],
      flags: { force: false, sync: undefined, check: false, ...options.flags },
      overrides: {},
    },
    diagnostics,
  );
  const told = tell(diagnostics, folder);
  const contextOf = (name: string, facts: Partial<Facts>) => ({
    name,
    address: '',
    facts: { ...standInFacts, ...facts },
    root: '',
    at: (at: string) => at,
    force: false,
    update: false,
    records: noRecords,
    files: controllerFiles(folder),
  });
  const made = (host: string, facts: Partial<Facts> = {}) => {
    const program = site.plays[0]?.program(contextOf(host, facts));
    if (program === undefined) throw new Error('there is no play');
    return program;
  };
  return {
    ...site,
    told,
    program: (host, facts) =>
      attempt(folder, () => {
        const { items, handlers } = made(host, facts);
        return [...items.flatMap(show), ...handlers.map((handler) => `handler ${show(handler).join(' ')}`)];
      }),
    reach: async (host, results) => {
      const lines: string[] = [];
      for (const item of made(host).items) {
        if (item.kind === 'task' && item.when !== undefined) {
          const { when } = item;
          lines.push(attempt(folder, () => [`${item.name} when=${when(results)}`]));
        } else if (item.kind === 'stage') {
          const tasks = await Promise.resolve()
            .then(() => item.tasks(results))
            .then((items) => items.flatMap(show))
            .catch((error: unknown) => [thrown(folder, error)]);
          lines.push(`${item.name}:`, ...tasks.map((line) => `  ${line}`));
        }
      }
      return lines.join('\n');
    },
  };
}

/** The lines that something gives, or the mistakes it throws. */
function attempt(folder: string, make: () => readonly string[]): string {
  try {
    return make().join('\n');
  } catch (error) {
    return thrown(folder, error);
  }
}

function thrown(folder: string, error: unknown): string {
  if (!(error instanceof InputError)) throw error;
  const found = new Diagnostics();
  for (const diagnostic of error.diagnostics) found.add(diagnostic);
  return tell(found, folder);
}

function tell(diagnostics: Diagnostics, folder: string): string {
  return diagnostics.all
    .map(({ place, message, hint }) => {
      const at = place === undefined ? '' : `${relative(folder, place.file)}:${place.line}:${place.column}: `;
      return `${at}${message.replaceAll(folder, '').replaceAll(packageRoot, '<package>')}${hint === undefined ? '' : ` (${hint})`}`;
    })
    .join('\n');
}

/** One line for an item of a program: its words, and what its resource was made of. */
export function show(item: TaskItem): string[] {
  if (item.kind === 'flush') return ['flush'];
  const words: string[] = [item.kind, item.role === undefined ? item.name : `${item.role} : ${item.name}`];
  if (item.tags !== undefined && item.tags.length > 0) words.push(`tags=${item.tags.join(',')}`);
  if (item.kind === 'skipped') return [[...words, `(${item.reason})`].join(' ')];
  if (item.kind === 'stage') return [words.join(' ')];
  if (item.kind === 'block') return shownBlock(item, words);
  const become = item.become === undefined ? 'unset' : item.become === false ? '' : item.become.user;
  if (become !== '') words.push(`become=${become}`);
  if (item.when !== undefined) words.push('when=later');
  if (item.register !== undefined) words.push(`register=${item.register}`);
  if (item.runOnce) words.push('run-once');
  if (item.ignoreErrors) words.push('ignore-errors');
  if (item.noLog) words.push('no-log');
  for (const word of ['changedWhen', 'failedWhen'] as const) {
    if (item[word] !== undefined) words.push(`${word}=${typeof item[word] === 'boolean' ? item[word] : 'later'}`);
  }
  if (item.retry !== undefined) {
    const { until, retries, delay } = item.retry;
    words.push(`retry=${retries}/${delay}${until === undefined ? '' : '/until'}`);
  }
  if (item.delegate !== undefined) words.push(`on=${item.delegate}`);
  for (const handler of item.notify ?? []) {
    words.push(`notify=${typeof handler === 'string' ? handler : show(handler).join(' ')}`);
  }
  const params = item.resource.parse({ status: 0, stdout: '', stderr: '' }, { ...context, name: '' });
  return [`${words.join(' ')} ${JSON.stringify(params)}`];
}

function shownBlock({ when, tasks, rescue, always }: Block, words: readonly string[]): string[] {
  const part = (name: string, items: readonly TaskItem[] = []) =>
    items.length === 0 ? [] : [`  ${name}`, ...items.flatMap(show).map((line) => `    ${line}`)];
  const head = [...words, ...(when === undefined ? [] : ['when=later'])].join(' ');
  return [head, ...part('tasks', tasks), ...part('rescue', rescue), ...part('always', always)];
}

const context = {
  address: '',
  facts: standInFacts,
  root: '',
  at: (at: string) => at,
  force: false,
  update: false,
  records: noRecords,
  files: { template: (src: string) => src, file: (src: string) => src, own: (name: string) => name },
};
