import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { journalPath } from '../../registry/copy/journal.js';
import { type SyncOutcome, syncImages } from '../../registry/copy/sync-images.js';
import type { ImageList } from '../../registry/lists/image-list.js';
import { patternOfOption } from '../../registry/lists/pattern.js';
import { RegistryError } from '../../registry/registry-error.js';
import { printJson } from '../terminal/output.js';
import { runUntilStopped } from '../terminal/run-until-stopped.js';
import { readLists } from './read-lists.js';
import { resultLines, totalsLine } from './report-text.js';
import { openSides } from './sides.js';
import { SyncOutput } from './sync-output.js';
import type { SyncRequest } from './sync-request.js';

/** Runs `provision images sync`, as the role image-sync does within a site. @returns the exit status */
export async function syncAction(request: SyncRequest): Promise<number> {
  const json = request.json || request.output === 'json';
  return runUntilStopped(request, async (signal) => {
    try {
      const wanted = await readWanted(request, signal);
      const sides = await openSides(request, wanted, signal);
      try {
        const outcomes = await sync(request, json, sides, wanted.notices);
        if (json) printJson(jsonReport(outcomes), 2);
        return outcomes.some(({ report }) => report.totals.failed > 0) ? (signal.aborted ? 130 : 2) : 0;
      } finally {
        await sides.close();
      }
    } catch (error) {
      if (json && !signal.aborted && error instanceof RegistryError) {
        const { kind, message, hint, status } = error;
        printJson({ error: { kind, message, hint, status } }, 2);
      }
      throw error;
    }
  });
}

/** Reads the lists of a sync; with `load`, lists the images of the archive. @throws InputError, RegistryError `input` */
async function readWanted(request: SyncRequest, signal: AbortSignal): Promise<ImageList> {
  if (request.load === undefined) {
    const diagnostics = new Diagnostics();
    const list = await readLists(request, diagnostics);
    diagnostics.throwIfAny();
    return list;
  }
  const { openArchive } = await import('../../registry/archive/open.js');
  const { wantedInArchive: wantedIn } = await import('../../registry/archive/wanted-in.js');
  const archive = await openArchive(request.load, { signal });
  try {
    const platforms = request.platform.length === 0 ? undefined : request.platform;
    const found = wantedIn(archive, request.as);
    const wanted = found.wanted.map((entry) => ({ ...entry, platforms }));
    return { wanted, trust: new Map(), credentials: new Map(), notices: [...archive.notices, ...found.notices] };
  } finally {
    await archive.close();
  }
}

async function sync(
  request: SyncRequest,
  json: boolean,
  sides: Awaited<ReturnType<typeof openSides>>,
  notices: readonly string[],
): Promise<SyncOutcome[]> {
  const output = new SyncOutput({ ...request, json, details: request.verbose > 0 }, sides.targets.length > 1);
  try {
    output.print(notices);
    const outcomes = await syncImages({
      wanted: sides.wanted,
      sourceOf: sides.sourceOf,
      targets: sides.targets,
      attachments: request.attachments,
      verify: request.verify,
      repair: request.repair,
      check: request.check,
      ...(request.prune
        ? {
            prune: {
              protect: request.protect.map((text) => patternOfOption('--protect', text)),
              share: request.pruneShare,
            },
          }
        : {}),
      ...(request.chunkSize === undefined ? {} : { chunkSize: request.chunkSize }),
      journalOf: (target) => journalPath(target.host),
      events: output.events,
    });
    for (const { report } of outcomes) {
      if (request.check) output.print(report.images.flatMap((result) => resultLines(result, request.verbose > 0)));
      output.print([totalsLine(report)]);
    }
    return outcomes;
  } finally {
    output.stop();
  }
}

function jsonReport(outcomes: readonly SyncOutcome[]) {
  return outcomes.map(({ plan, report }) => ({
    ...report,
    plan: {
      ...plan.totals,
      blobs: plan.blobs.map(({ blob, upload, mountFrom, mounts }) => ({ ...blob, upload, mountFrom, mounts })),
      prunes: plan.prunes,
    },
  }));
}
