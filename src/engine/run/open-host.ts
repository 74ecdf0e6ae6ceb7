import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { ConnectionSettings } from '../../model/play.js';
import { noRecords } from '../../model/records.js';
import type { HostContext } from '../../model/resource.js';
import type { Become } from '../../model/task.js';
import { type EarlierHandler, parseFacts } from '../facts/facts.js';
import { factsScript } from '../facts/facts-script.js';
import { connectAtFirst } from '../link/first-connect.js';
import { LastingConnection } from '../link/lasting-connection.js';
import { RecordPlaces } from '../records/record-places.js';
import { WrittenRecords } from '../records/written-records.js';
import { replyOf } from '../reply.js';
import type { RunContext } from './run-context.js';

/** Default seconds for restoring a lost link: a switch may take as long to restart. */
const usualReconnectSeconds = 30;

/** Connected host with its facts. */
export interface OpenHost {
  readonly connection: LastingConnection;
  readonly context: HostContext;
  /** Folders in which the host keeps records. */
  readonly places: RecordPlaces;
  /** Records of what was written there; none of a staging folder. */
  readonly written: WrittenRecords | undefined;
  /** Name of this host's run on the machine: two names of one machine are two claims. */
  readonly claim: string;
}

/**
 * Connects to a host, takes the run lock and reads the facts: one request once the connection stands. A staging folder
 * is not locked, as hosts may share the machine that they are staged on. Check mode locks nothing.
 *
 * @returns undefined when the run is interrupted before the connection stands
 * @throws ConnectionError when the host can't be reached or worked with, or is the machine of another host of the run
 */
export async function openHost(
  name: string,
  { settings, main, run }: { readonly settings: ConnectionSettings; readonly main: Become; readonly run: RunContext },
): Promise<{ readonly open: OpenHost; readonly pending: readonly EarlierHandler[] } | undefined> {
  const { options, interrupted } = run;
  const connecting = connectAtFirst({
    connect: () => options.connect(name, settings),
    retries: settings.connectRetries ?? 0,
    signal: interrupted,
    onRetry: (text) => run.emit({ event: 'message', level: 'info', text, host: name }),
  });
  const first = await untilAborted(connecting, interrupted);
  if (first === undefined) {
    connecting.then(
      (late) => late.close(),
      () => {},
    );
    return undefined;
  }
  const { root } = settings;
  const locks = !options.check && root === '';
  const claim = `${run.id}-${randomBytes(3).toString('hex')}`;
  run.machines.noteClaim(claim, name);
  const connection = new LastingConnection(first, {
    connect: () => options.connect(name, settings),
    claim: locks ? claim : undefined,
    main,
    seconds: options.reconnectSeconds ?? usualReconnectSeconds,
    signal: interrupted,
    warn: (text) => run.emit({ event: 'message', level: 'warning', text, host: name }),
  });
  try {
    const [response] = await connection.probe([{ script: factsScript, deadline: 60 }], main);
    if (response === undefined) throw new Error('the host gave no answer');
    const { facts, machine, pending, written: found } = parseFacts(replyOf(response, 'its facts'));
    run.machines.note(machine, { name, settings });
    const { force, update = false, files } = options;
    const places = new RecordPlaces(facts, main);
    const written = root === '' ? new WrittenRecords(places, found) : undefined;
    const address = settings.connection === 'local' ? '' : settings.address;
    const at = (path: string) => (root === '' ? path : posix.join(root, path));
    const records = written ?? noRecords;
    const context: HostContext = { name, address, facts, root, force, update, records, files, at };
    return { open: { connection, context, places, written, claim }, pending };
  } catch (error) {
    await connection.close().catch(() => {}); // The first error is the one that is reported.
    throw run.machines.explain(error, name);
  }
}

/** Waits for work, or until a signal is aborted. @returns undefined once it is aborted */
async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let release = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    const end = () => resolve(undefined);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    release = () => signal.removeEventListener('abort', end);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    release();
  }
}
