import { dirname, join, resolve } from 'node:path';
import { openConnection } from '../connection/open.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Secrets } from '../diagnostics/secrets/secrets.js';
import { newSecrets, withSecrets } from '../diagnostics/secrets/session-secrets.js';
import type { RunEvent, RunReport } from '../engine/events.js';
import { run as runPlays } from '../engine/run/run.js';
import { type InventoryData, loadInventory } from '../inventory/load.js';
import { withoutSecrets } from '../report/redact-event.js';
import { resourceKinds } from '../resources/all.js';
import { loadSite } from '../site/load.js';
import { roleCatalog } from '../site/modules/catalog.js';
import type { SitePlay } from '../site/modules/define-site.js';
import { controllerFiles } from '../site/render/files.js';
import { parseExtraVars } from '../vars/variables.js';
import { Keyring } from '../vars/vault/keyring.js';
import { defaultLabel } from '../vars/vault/password-source.js';
import { yamlVault } from '../vars/vault/yaml-vault.js';
import { type TaskReport, taskReports } from './task-report.js';

/** What to run, over which hosts, and how: the command's options. */
export interface SiteRunOptions {
  /** A site's file (YAML, TypeScript or JavaScript), or its plays. */
  readonly site: string | readonly SitePlay[];
  /** Inventory files, folders, `host1,host2,` or groups with their hosts; later ones override earlier ones. Without one there is localhost alone. */
  readonly inventory?: string | InventoryData | readonly (string | InventoryData)[];
  /** Folder of `roles/`, `templates/` and `files/`; default: that of the site's file, or the working directory. */
  readonly folder?: string;
  /** A pattern of hosts, as `--limit` takes it. */
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** Variables above all others, as `-e` gives them. */
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly check?: boolean;
  readonly force?: boolean;
  /** Undefined: the roles' variables decide. */
  readonly sync?: boolean;
  /** With `check`: differences make the exit status 3. */
  readonly strict?: boolean;
  /** Hosts worked on at a time; default 32. */
  readonly forks?: number;
  /** A folder to stage into. */
  readonly root?: string;
  readonly user?: string;
  /** A private key's file. */
  readonly privateKey?: string;
  readonly acceptNew?: boolean;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomePassword?: string;
  readonly vaultPasswords?: readonly { readonly id?: string; readonly password: string }[];
  /** Aborted: no new tasks are begun, those under way end, and the report is made. */
  readonly signal?: AbortSignal;
  /** Told each event as it happens; secrets are taken out of it, as they are out of what comes back. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** What came of a run. Hosts that failed or were unreachable are in it, never thrown. */
export interface SiteRun extends RunReport {
  /** How each task ended on each host, in the order in which they did. */
  readonly tasks: readonly TaskReport[];
  /** Hosts that couldn't be reached or worked with: name → why. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * Runs a site, as the command does, and gives what came of it.
 *
 * @throws InputError with every mistake that was found; no host has been contacted then
 * @example
 * const { exitStatus, tasks } = await run({ site: 'site.yaml', inventory: 'inventory.yaml', check: true });
 * const differing = tasks.filter(({ outcome }) => outcome === 'would-change');
 */
export function run(options: SiteRunOptions): Promise<SiteRun> {
  const secrets = newSecrets();
  return withSecrets(secrets, () => runSession(options, secrets));
}

async function runSession(options: SiteRunOptions, secrets: Secrets): Promise<SiteRun> {
  const { site, folder = typeof site === 'string' ? dirname(site) : '.', becomePassword } = options;
  const { plays } = await load(options, folder, secrets);
  const files = controllerFiles(folder);
  const collected = taskReports();
  const problems: Record<string, string> = {};
  const onEvent = (event: RunEvent) => {
    collected.onEvent(event);
    if (event.event === 'host-failed' || event.event === 'host-unreachable') problems[event.host] = event.message;
    options.onEvent?.(event);
  };
  const reporter = withoutSecrets({ onEvent, end: () => {} }, secrets);
  if (becomePassword !== undefined) secrets.add(becomePassword);
  const report = await runPlays(plays, {
    check: options.check ?? false,
    force: options.force ?? false,
    forks: options.forks ?? 32,
    tags: options.tags ?? [],
    skipTags: options.skipTags ?? [],
    strict: options.strict ?? false,
    files,
    connect: (name, settings) =>
      openConnection(name, { ...settings, becomePassword: settings.becomePassword ?? becomePassword }),
    signal: options.signal ?? new AbortController().signal,
    onEvent: reporter.onEvent,
  });
  return { ...report, tasks: collected.tasks, problems };
}

async function load(options: SiteRunOptions, folder: string, secrets: Secrets) {
  const { site, inventory = [], vars, limit } = options;
  const diagnostics = new Diagnostics();
  const vault = yamlVault(keyringOf(options), (text) => secrets.add(text));
  const extraVars = vars === undefined ? new Map() : parseExtraVars([JSON.stringify(vars)], diagnostics);
  const loaded = await loadSite(
    {
      file: typeof site === 'string' ? site : join(folder, 'site.ts'),
      ...(typeof site === 'string' ? {} : { plays: site }),
      inventory: loadInventory([inventory].flat(), diagnostics, vault, folder),
      ...(limit === undefined ? {} : { limit }),
      extraVars,
      catalog: roleCatalog(folder),
      kinds: resourceKinds,
      flags: { force: options.force ?? false, sync: options.sync, check: options.check ?? false },
      overrides: overridesOf(options),
      vault,
    },
    diagnostics,
  );
  diagnostics.throwIfAny();
  return loaded;
}

/** Passwords that a program gives need not be asked for. */
function keyringOf({ vaultPasswords = [] }: SiteRunOptions): Keyring {
  const given = vaultPasswords.map(({ id, password }) => ({
    source: { label: id ?? defaultLabel, from: 'prompt' } as const,
    password,
  }));
  const keyring = new Keyring(
    given.map(({ source }) => source),
    'give its password in vaultPasswords',
  );
  for (const { source, password } of given) keyring.give(source, password);
  return keyring;
}

function overridesOf({ root, acceptNew, become, becomeUser, user, privateKey }: SiteRunOptions) {
  return {
    ...(root === undefined ? {} : { root: resolve(root) }),
    ...(acceptNew === undefined ? {} : { acceptNew }),
    ...(become === undefined ? {} : { become }),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { identityFile: resolve(privateKey) }),
  };
}
