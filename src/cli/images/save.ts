import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { AttachmentsMode } from '../../registry/attachments-mode.js';
import { RegistryError } from '../../registry/registry-error.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { clearProgress, drawProgress, printJson, printLines } from '../terminal/output.js';
import { runUntilStopped } from '../terminal/run-until-stopped.js';
import type { SourceRequest } from './opener.js';
import { readLists } from './read-lists.js';
import { openSources } from './sides.js';

/** Arguments and options of `provision images save`. */
export interface SaveRequest extends SourceRequest {
  readonly lists: readonly string[];
  /** `NAME=VALUE` for a template of TripleO's. */
  readonly set: readonly string[];
  readonly template: string | undefined;
  readonly out: string;
  readonly splitSize: number | undefined;
  readonly force: boolean;
  readonly platform: readonly string[];
  readonly attachments: AttachmentsMode;
  readonly json: boolean;
  readonly verbose: number;
  readonly color: boolean | undefined;
}

/** Counts images, and what is attached to them and has no name. */
function contentText(saved: readonly { readonly name: string | undefined }[]): string {
  const attached = saved.filter(({ name }) => name === undefined).length;
  const images = count(saved.length - attached, 'image');
  return attached === 0 ? images : `${images} and ${count(attached, 'attachment')}`;
}

/** Runs `provision images save`. @returns the exit status */
export async function saveAction(request: SaveRequest): Promise<number> {
  return runUntilStopped(request, async (signal) => {
    const diagnostics = new Diagnostics();
    const list = await readLists(request, diagnostics);
    diagnostics.throwIfAny();
    if (list.wanted.length === 0) throw new RegistryError('input', 'the list has no images to save');
    const sources = await openSources(request, list, signal);
    try {
      const { listToSave } = await import('../../registry/archive/write/save-list.js');
      const { saveOciArchive } = await import('../../registry/archive/write/save.js');
      const { images, notices, lost } = await listToSave({ ...sources, attachments: request.attachments });
      const { out: path, splitSize, force } = request;
      const live = process.stderr.isTTY === true && !request.json;
      const saved = await saveOciArchive({
        images,
        path,
        splitSize,
        force,
        signal,
        progress({ bytes, allBytes }) {
          if (live) drawProgress(`${formatBytes(bytes)} of ${formatBytes(allBytes)}`);
        },
      });
      if (live) clearProgress();
      const failed = [...lost, ...saved.lost].map(({ name, attachedTo, error: { kind, message, hint } }) => ({
        name,
        attachedTo,
        error: { kind, message, hint },
      }));
      const named = saved.images.map(({ name, raw }) => ({ name, digest: raw.digest }));
      if (request.json) {
        printJson({ paths: saved.paths, images: named, blobs: saved.blobs, bytes: saved.bytes, notices, failed }, 2);
      } else {
        printLines([
          ...notices,
          ...failed.map(
            ({ name, attachedTo, error }) => `failed ${name}: ${error.message} (it is attached to ${attachedTo})`,
          ),
          ...(request.verbose > 0 ? named.map(({ name, digest }) => `${name ?? 'attached'} ${digest}`) : []),
          `${saved.paths.join(', ')}: ${contentText(named)}, ${formatBytes(saved.bytes)} in ${count(saved.blobs, 'blob')}`,
        ]);
      }
      return failed.length === 0 ? 0 : 2;
    } finally {
      await sources.close();
    }
  });
}
