import { randomBytes } from 'node:crypto';
import type { Connection } from '../../connection/connection.js';
import type { ConnectionSettings } from '../../model/play.js';
import type { ControllerFiles, HostContext } from '../../model/resource.js';
import type { Become } from '../../model/task.js';
import type { Counts } from '../events.js';
import { type EarlierHandler, parseFacts } from '../facts/facts.js';
import { factsScript } from '../facts/facts-script.js';
import { hostContext } from '../facts/host-context.js';
import type { PendingOnHost } from '../handlers/pending-records.js';
import { noCounts, type Tell } from '../host-teller.js';
import { LastingConnection } from '../link/lasting-connection.js';
import { replyOf } from '../reply.js';
import type { Expected } from '../settle/check.js';
import { HostResults } from '../settle/results.js';

/** What opening a host needs of the run. */
export interface Opening {
  readonly check: boolean;
  readonly force: boolean;
  readonly files: ControllerFiles;
  connect(name: string, settings: ConnectionSettings): Promise<Connection>;
  /** Seconds in which a link that was lost must stand again. */
  readonly reconnectSeconds?: number;
  /** Name of the run in the hosts' journals. */
  readonly id: string;
  readonly tell: Tell;
  /** Resolves when the run is interrupted. */
  readonly interrupted: Promise<undefined>;
}

/** Seconds, unless said otherwise: a switch that is started anew may take as long. */
const usualReconnectSeconds = 30;

/** A host that is connected to and has told its facts. */
export interface OpenHost {
  readonly connection: LastingConnection;
  readonly context: HostContext;
  /** Who its facts were read as, and records are kept by. */
  readonly main: Become;
}

/** A host through a whole run: its connection, its facts, what its tasks registered, and its counts. */
export class HostRun {
  readonly counts: Counts = noCounts();
  readonly results = new HostResults();
  /** Handlers recorded on the host. */
  readonly pending: PendingOnHost = new Map();
  /** In check mode: what its tasks so far would bring about. */
  readonly expected: Expected = new Map();
  /** Ids of the handlers that its plays so far had. */
  readonly knownHandlers = new Set<string>();
  /** Failed or unreachable: takes no further part. */
  isOut = false;
  seconds = 0;
  /** Whether the host's facts were told: it may have been opened for tasks delegated to it. */
  hasToldFacts = false;
  /** Something was changed on the host for another one: told to who works on it. */
  onForeignChange: () => void = () => {};
  #open: OpenHost | undefined;
  #opening: Promise<OpenHost | undefined> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #index = 0;
  #claim = '';
  #changes = 0;

  constructor(readonly name: string) {}

  nextIndex(): number {
    this.#index += 1;
    return this.#index;
  }

  /** Names a change in the host's journal. */
  nextChange(): string {
    this.#changes += 1;
    return `${this.#claim}-${this.#changes}`;
  }

  get opened(): OpenHost | undefined {
    return this.#open;
  }

  /**
   * Opens the host, for whoever asks first; the others get the same connection, or the same error.
   *
   * @returns undefined when the run was interrupted meanwhile
   * @throws ConnectionError when the host can't be reached or worked with
   */
  open(settings: ConnectionSettings, main: Become, opening: Opening): Promise<OpenHost | undefined> {
    this.#opening ??= this.#connect(settings, main, opening);
    return this.#opening;
  }

  /** Work on the host that must not meet what tasks of other hosts do on it at the same time, from reading to verifying. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {}); // Whoever asked for the work gets its error; the next one only waits.
    return mine;
  }

  /**
   * Connects, takes the run lock and reads the facts, in one request once the connection stands. A staging folder is not
   * locked (hosts may share the machine that they are staged on), and neither is anything in check mode.
   */
  async #connect(settings: ConnectionSettings, main: Become, opening: Opening): Promise<OpenHost | undefined> {
    const connecting = opening.connect(this.name, settings);
    const first = await Promise.race([connecting, opening.interrupted]);
    if (first === undefined) {
      connecting.then(
        (late) => late.close(),
        () => {},
      );
      return undefined;
    }
    const { root } = settings;
    const locks = !opening.check && root === '';
    // Two names of one machine are two claims.
    this.#claim = `${opening.id}-${randomBytes(3).toString('hex')}`;
    const connection = new LastingConnection(first, {
      connect: () => opening.connect(this.name, settings),
      claim: locks ? this.#claim : undefined,
      main,
      seconds: opening.reconnectSeconds ?? usualReconnectSeconds,
      interrupted: opening.interrupted,
      say: (text) => opening.tell({ event: 'message', level: 'warning', text, host: this.name }),
    });
    try {
      const [response] = await connection.probe([{ script: factsScript, deadline: 60 }], main);
      if (response === undefined) throw new Error('the host gave no answer');
      const { facts, pending } = parseFacts(replyOf(response, 'its facts'));
      if (root === '') this.#remember(pending);
      const { force, files } = opening;
      const address = settings.connection === 'local' ? '' : settings.address;
      const context = hostContext({ name: this.name, address, facts, root, force, files });
      this.#open = { connection, context, main };
      return this.#open;
    } catch (error) {
      await connection.close().catch(() => {}); // Why it failed is what is told.
      throw error;
    }
  }

  /** Ends the connection, and with it the lock. */
  async close(): Promise<void> {
    await this.exclusively(async () => {
      const open = this.#open;
      // One that can't be reached is not dialled again.
      if (open !== undefined) this.#opening = undefined;
      this.#open = undefined;
      await open?.connection.close().catch(() => {}); // Its work is done and told; a link that is gone is closed.
    });
  }

  /** Handlers that an earlier run left pending and that no play of this one knew. */
  unknownPending(): readonly string[] {
    return [...this.pending].flatMap(([id, { name }]) => (this.knownHandlers.has(id) ? [] : [name]));
  }

  #remember(pending: readonly EarlierHandler[]): void {
    for (const { id, name, place } of pending) {
      const record = this.pending.get(id) ?? { name, places: new Set() };
      record.places.add(place);
      this.pending.set(id, record);
    }
  }
}
