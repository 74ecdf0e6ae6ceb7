import type { Readable } from 'node:stream';

import type { JobFolders } from '../jobs/job-folders.js';
import { FindingsCollector, type RunFindings } from './run-findings.js';
import { tellingEvent } from './telling-event.js';

/** Events that say how a host is; a line of another kind is not parsed. */
const telling = /"event":"(run-start|task-end|host-unreachable|host-failed)"/;

/** Reads from a job's events what its runs found; none where it has not begun, or another machine has its events. */
export async function readFindings(folders: JobFolders, id: string): Promise<readonly RunFindings[]> {
  const collector = new FindingsCollector();
  const stream = await folders.openEvents(id);
  if (stream !== undefined) for await (const line of linesOf(stream)) takeLine(collector, line);
  return collector.runs;
}

function takeLine(collector: FindingsCollector, line: string): void {
  if (!telling.test(line)) return;
  const parsed = tellingEvent.safeParse(jsonOrNone(line));
  if (parsed.success) collector.take(parsed.data);
}

/** Returns a JSON document; undefined where it is none: a process that was killed leaves a line that is cut off. */
function jsonOrNone(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
