import type { Translate } from '../../kernel/messages.js';
import { publicationOf, scheduledKinds } from './schedule-values.js';

/** Returns the job of a schedule in words: its kind, and what it is about. */
export function scheduledJobText(
  { kind, registry, limit, publication }: Readonly<Record<string, unknown>>,
  t: Translate,
): string {
  const known = scheduledKinds.find((each) => each === kind);
  const app = publicationOf(publication);
  const subject = app !== '' ? app : typeof registry === 'string' ? registry : typeof limit === 'string' ? limit : '';
  return `${known === undefined ? String(kind) : t(`job.kind.${known}`)} ${subject}`.trim();
}
