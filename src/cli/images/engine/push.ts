import { parseAddress } from '../../../registry/address.js';
import { journalPath } from '../../../registry/copy/journal.js';
import type { SyncReport } from '../../../registry/copy/sync-report.js';
import type { VerifyLevel } from '../../../registry/copy/verify.js';
import type { EngineName } from '../../../registry/engine/engine.js';
import { findEngine } from '../../../registry/engine/find-engine.js';
import { type PushItem, pushImages } from '../../../registry/engine/push-images.js';
import { nameAtTarget, nameOf } from '../../../registry/engine/push-names.js';
import type { ImageList } from '../../../registry/lists/image-list.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { printJson } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import type { SourceRequest } from '../opener.js';
import { resultLines, totalsLine } from '../report-text.js';
import { openSides } from '../sides.js';
import { SyncOutput } from '../sync-output.js';
import { printEngineImages } from './engine-list.js';

/** Arguments and options of `provision images push`. */
export interface PushRequest extends Omit<SourceRequest, 'from'> {
  readonly images: readonly string[];
  readonly to: readonly string[];
  readonly as: string | undefined;
  readonly engine: EngineName | undefined;
  readonly check: boolean;
  readonly verify: VerifyLevel;
  readonly chunkSize: number | undefined;
  readonly output: 'live' | 'lines' | 'json' | undefined;
  readonly json: boolean;
  readonly verbose: number;
  readonly color: boolean | undefined;
}

/** An empty list: an engine's images bring no accounts and no trust. */
const noList: ImageList = { wanted: [], trust: new Map(), credentials: new Map(), notices: [] };

/** Runs `provision images push`; without images it lists those of the engine. @returns the exit status */
export async function pushAction(request: PushRequest): Promise<number> {
  const json = request.json || request.output === 'json';
  return runUntilStopped(request, async (signal) => {
    const addresses = request.to.map(parseAddress);
    if (request.images.length === 0) return await printEngineImages(request.engine, json);
    if (addresses.length === 0)
      throw new RegistryError('input', 'no target registry is given', { hint: 'give --to REGISTRY' });
    if (request.as !== undefined && request.images.length > 1)
      throw new RegistryError('input', `--as names one image, and ${request.images.length} are given`);
    const as = request.as === undefined ? undefined : nameAtTarget(request.as);
    for (const text of request.images) nameAtTarget(text); // What is no name is no id either.
    const found = await findEngine(request.engine, request.images);
    const prefix = addresses[0]?.prefix ?? '';
    const items = request.images.map((reference): PushItem => {
      const image = found.images.get(reference);
      const { repository, tag } = as ?? nameOf(reference, image);
      return { reference, image, repository: prefix === '' ? repository : `${prefix}/${repository}`, tag };
    });
    requireDistinct(items);
    const sides = await openSides({ ...request, from: undefined }, noList, signal);
    try {
      const reports = await push(request, json, found.engine, items, sides.targets, signal);
      if (json) printJson(reports, 2);
      return reports.some(({ totals }) => totals.failed > 0) ? (signal.aborted ? 130 : 2) : 0;
    } finally {
      await sides.close();
    }
  });
}

async function push(
  request: PushRequest,
  json: boolean,
  engine: Parameters<typeof pushImages>[0]['engine'],
  items: readonly PushItem[],
  targets: Parameters<typeof pushImages>[0]['targets'],
  signal: AbortSignal,
): Promise<SyncReport[]> {
  const output = new SyncOutput({ ...request, json, details: true }, targets.length > 1);
  try {
    const reports = await pushImages({
      engine,
      items,
      targets,
      verify: request.verify,
      check: request.check,
      signal,
      ...(request.chunkSize === undefined ? {} : { chunkSize: request.chunkSize }),
      journalOf: (target) => journalPath(target.host),
      events: output.events,
    });
    for (const report of reports) {
      const planned = report.images.filter(({ state }) => state === 'planned');
      output.print([...planned.flatMap((result) => resultLines(result, true)), totalsLine(report)]);
    }
    return reports;
  } finally {
    output.stop();
  }
}

/** @throws RegistryError `input` when two images would have one name */
function requireDistinct(items: readonly PushItem[]): void {
  const known = new Map<string, string>();
  for (const { repository, tag, reference } of items) {
    const name = `${repository}:${tag}`;
    const other = known.get(name);
    if (other !== undefined)
      throw new RegistryError('input', `${other} and ${reference} would both become ${name}`, {
        hint: 'push them one by one, each with --as',
      });
    known.set(name, reference);
  }
}
