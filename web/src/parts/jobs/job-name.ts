import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import type { Translate } from '../../kernel/messages.js';

/** Hosts that a name has at most. */
const mostNamed = 3;

/** Returns a name for a job: its kind, and what it is about. */
export function jobName(
  { kind, registry, publication, hosts }: Pick<ServiceJob, 'kind' | 'registry' | 'publication' | 'hosts'>,
  t: Translate,
): string {
  return `${t(`job.kind.${kind}`)} ${registry ?? publicationText(publication) ?? hostsText(hosts, t)}`.trim();
}

/** Returns a publication in words: `acme team/web`. */
export function publicationText(publication: ServiceJob['publication']): string | undefined {
  return publication === null ? undefined : `${publication.vendor} ${publication.app}`;
}

/** Returns the first of some hosts, and how many more there are. */
export function hostsText(hosts: readonly string[], t: Translate): string {
  if (hosts.length <= mostNamed) return hosts.join(', ');
  return t('work.hosts.more', { names: hosts.slice(0, mostNamed - 1).join(', '), n: hosts.length - mostNamed + 1 });
}
