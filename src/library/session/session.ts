import { setMaxListeners } from 'node:events';
import { basename, dirname, resolve } from 'node:path';
import { Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import type { Secrets } from '../../diagnostics/secrets/secrets.js';
import { newSecrets, withSecrets } from '../../diagnostics/secrets/session-secrets.js';
import type { RunEvent, RunReport } from '../../engine/events.js';
import type { RunOptions } from '../../engine/run/run-context.js';
import type { Inventory } from '../../inventory/inventory.js';
import type { ConnectionSettings, Play } from '../../model/play.js';
import type { ControllerFiles } from '../../model/resource.js';
import { redactReporter } from '../../report/redact-event.js';
import type { Reporter } from '../../report/reporter.js';
import type { LoadedSite } from '../../site/load.js';
import { controllerFiles } from '../../site/render/files.js';
import type { Keyring } from '../../vars/vault/keyring.js';
import { yamlVault } from '../../vars/vault/yaml-vault.js';
import { askVariables } from './ask-variables.js';
import { findBecomePassword } from './become-password.js';
import { findKeyPassphrases } from './key-passphrases.js';
import { loadSessionSite } from './load-site.js';
import type { SessionOptions } from './session-options.js';
import { namesOfInventory, namesOfSite, shownWords, warningOfNames } from './shown-names.js';
import { keyringOf, withVaultPasswords } from './vault-passwords.js';

/** Passwords with which hosts are logged in to, and sudo is used. */
interface HostPasswords {
  readonly passphrases: ReadonlyMap<string, string>;
  readonly becomePassword: string | undefined;
}

/** Options of one run of a session's plays. */
export interface SessionRunOptions extends Pick<RunOptions, 'ask' | 'mayChange'> {
  /** Aborted as well as the session's own. */
  readonly signal?: AbortSignal;
  /** True: the plays are a part of the site, so that nothing can be said of what the site no longer names. */
  readonly isPart?: boolean;
  /** True: what connections do is reported too. */
  readonly verbose?: boolean;
}

/**
 * A site that is loaded and run, with the secrets that are learnt on the way. The command, `doctor` and the library's `run`
 * are made of it; several may be at work beside each other in a process.
 */
export class Session {
  /** Secrets of this session; everything it reports is without them. */
  readonly secrets: Secrets;
  readonly #options: SessionOptions;
  /** Warnings that are reported when the run begins. */
  #warnings: readonly string[] = [];
  readonly #folder: string;
  /** Name of the site in the records of hosts; undefined for one without a file. */
  readonly #siteName: string | undefined;
  readonly #files: ControllerFiles;
  readonly #keyring: Keyring;
  #passwords: HostPasswords | undefined;
  #reporter: Reporter = { onEvent: () => {}, end: () => {} };

  /** @param secrets those of the output that the session has to itself; default: secrets of its own */
  constructor(options: SessionOptions, secrets: Secrets = newSecrets()) {
    const { site, folder = typeof site === 'string' ? dirname(resolve(site)) : '.' } = options;
    this.secrets = secrets;
    this.#options = options;
    this.#folder = folder;
    this.#siteName = typeof site === 'string' ? `${basename(dirname(resolve(site)))}/${basename(site)}` : undefined;
    this.#files = controllerFiles(folder);
    this.#keyring = keyringOf(options);
  }

  /** Reads and checks inventory, variables, site and roles. No host is contacted. @throws InputError with every error found */
  load(): Promise<LoadedSite> {
    return this.#inSession(async () => {
      const asked = new Diagnostics();
      const entered = await askVariables(this.#options.ask ?? [], this.#options.askSecret, asked);
      asked.throwIfAny();
      const vault = yamlVault(this.#keyring, (text) => this.secrets.add(text));
      return withVaultPasswords(this.#keyring, this.#options.askSecret, async () => {
        const diagnostics = new Diagnostics();
        let names: readonly string[] = [];
        const onInventory = (inventory: Inventory) => {
          names = namesOfInventory(inventory);
          this.secrets.show(shownWords(names));
        };
        const parts = { folder: this.#folder, vault, entered, onInventory };
        const loaded = await loadSessionSite(this.#options, parts, diagnostics);
        diagnostics.throwIfAny();
        const ofNames = this.secrets.any ? warningOfNames(this.secrets.show(names)) : undefined;
        this.#warnings = [...(ofNames === undefined ? [] : [ofNames]), ...loaded.warnings];
        if (this.secrets.any) this.secrets.show(namesOfSite(loaded));
        return loaded;
      });
    });
  }

  /** Finds the passwords that the hosts of plays need, before any is contacted. @throws InputError */
  findPasswords(plays: readonly Play[]): Promise<void> {
    return this.#inSession(async () => {
      const { becomePassword: given, keyPassphrase, askBecomePassword: ask = false, askSecret } = this.#options;
      const diagnostics = new Diagnostics();
      const becomePassword = given ?? (await findBecomePassword({ ask, askSecret }, diagnostics));
      const hosts = plays.flatMap(settingsIn);
      const passphrases = await findKeyPassphrases(hosts, { given: keyPassphrase, askSecret }, diagnostics);
      diagnostics.throwIfAny();
      for (const secret of [becomePassword, ...passphrases.values()]) if (secret) this.secrets.add(secret);
      this.#passwords = { passphrases, becomePassword };
    });
  }

  /** Returns a host's settings with the passwords that were found. */
  withPasswords(settings: ConnectionSettings): ConnectionSettings {
    const { passphrases, becomePassword } = this.#passwords ?? { passphrases: new Map(), becomePassword: undefined };
    return { ...settings, passphrases, becomePassword: settings.becomePassword ?? becomePassword };
  }

  /** Sends the events from now on to a reporter, without secrets. */
  reportTo(reporter: Reporter): void {
    this.#reporter = redactReporter(reporter, this.secrets);
  }

  /** Reports a message: of a host, or of the run. */
  say(level: 'info' | 'warning', text: string, host?: string): void {
    const message: RunEvent = { event: 'message', time: new Date().toISOString(), level, text };
    this.#reporter.onEvent(host === undefined ? message : { ...message, host });
  }

  /** Runs plays, and reports on them. Failures of hosts are in the report, never thrown. */
  run(
    plays: readonly Play[],
    { signal, isPart = false, verbose = false, ...others }: SessionRunOptions = {},
  ): Promise<RunReport> {
    const { check = false, force = false, update = false, dropPending = false, prune = false } = this.#options;
    const { tags = [], skipTags = [], strict = false, forks = 32 } = this.#options;
    return this.#inSession(async () => {
      // Checking a site needs none of them.
      const [{ openConnection }, { runPlays }, { deleteLeftSpools }, { makeRecorded }] = await Promise.all([
        import('../../connection/open.js'),
        import('../../engine/run/run.js'),
        import('../../resources/images/shared-source.js'),
        import('../../resources/recorded/recorded-task.js'),
      ]);
      deleteLeftSpools();
      for (const warning of this.#warnings) this.say('warning', warning);
      this.#warnings = [];
      try {
        const report = await runPlays(plays, {
          ...others,
          ...{ check, force, update, dropPending, forks, tags, skipTags, strict },
          ...(this.#siteName !== undefined && {
            leftovers: { site: this.#siteName, prune, isPart, make: makeRecorded },
          }),
          files: this.#files,
          connect: (name, settings) =>
            openConnection(
              name,
              this.withPasswords(settings),
              verbose ? { verbose: (line) => this.say('info', line, name) } : {},
            ),
          signal: whenAnyAborts(this.#options.signal, signal),
          onEvent: (event) => this.#reporter.onEvent(event),
        });
        await this.#reporter.end(report);
        return report;
      } catch (error) {
        await this.#reporter.abandon?.();
        throw error;
      }
    });
  }

  /** Does work whose secrets are the session's; errors in the input are thrown without them. */
  #inSession<Result>(work: () => Promise<Result>): Promise<Result> {
    return withSecrets(this.secrets, async () => {
      try {
        return await work();
      } catch (error) {
        throw error instanceof InputError && this.secrets.any ? redactedError(error, this.secrets) : error;
      }
    });
  }
}

function redactedError({ diagnostics, ofAnyHost }: InputError, secrets: Secrets): InputError {
  const shown = diagnostics.map((each) => ({
    ...each,
    message: secrets.redact(each.message),
    ...(each.hint === undefined ? {} : { hint: secrets.redact(each.hint) }),
  }));
  return new InputError(shown, ofAnyHost);
}

/** Returns a signal that is aborted as soon as one of two is. */
function whenAnyAborts(first: AbortSignal | undefined, second: AbortSignal | undefined): AbortSignal {
  if (first === undefined || second === undefined) return first ?? second ?? new AbortController().signal;
  const both = AbortSignal.any([first, second]);
  setMaxListeners(0, both); // Each request under way listens, and there may be hundreds.
  return both;
}

/** Returns how all machines are reached that a play surely works on. */
function settingsIn({ hosts, delegates = new Set(), settingsOf }: Play): readonly ConnectionSettings[] {
  const others = [...delegates].flatMap((name) => settingsOf?.(name) ?? []);
  return [...hosts.map(({ settings }) => settings), ...others];
}
