import { openPublishSource } from '../../publish/sources/open-source.js';
import { note } from '../terminal/note.js';
import { printJson } from '../terminal/output.js';
import { runUntilStopped } from '../terminal/run-until-stopped.js';
import { publishApps } from './publish-apps.js';
import { readListRequest } from './publish-list-request.js';
import { type PublishFlags, type PublishRequest, readPublishRequest } from './publish-request.js';

/** Runs `provision publish`. @returns the exit status */
export function publishAction(words: readonly string[], flags: PublishFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    if (flags.list.length === 0) return await publishRequested(readPublishRequest(words, flags), signal);
    const request = readListRequest(words, flags);
    const { publishListed } = await import('./publish-list.js');
    return await publishListed(request, signal);
  });
}

/** Publishes what was asked for, and prints what was done. @returns the exit status */
export async function publishRequested(request: PublishRequest, signal: AbortSignal): Promise<number> {
  const { app, redirectFile } = request;
  const source = await openPublishSource(request, { signal, notice: note });
  try {
    const { status, reports } = await publishApps([{ ...source, app, redirectFile }], request, signal);
    if (request.json) printJson(reports[0], 2);
    return status;
  } finally {
    await source.close();
  }
}
