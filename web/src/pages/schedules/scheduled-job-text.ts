import type { Translate } from '../../kernel/messages.js';
import { jobKinds } from '../jobs/job-kinds.js';

/** Returns the job of a schedule in words: its kind, and what it is about. */
export function scheduledJobText({ kind, registry, limit }: Readonly<Record<string, unknown>>, t: Translate): string {
  const known = jobKinds.find((each) => each === kind);
  const subject = typeof registry === 'string' ? registry : typeof limit === 'string' ? limit : '';
  return `${known === undefined ? String(kind) : t(`job.kind.${known}`)} ${subject}`.trim();
}
