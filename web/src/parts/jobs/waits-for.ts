import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import type { Translate } from '../../kernel/messages.js';
import { shownUtc } from '../age.js';
import { hostsText } from './job-name.js';

/** Says in words for what a job waits; empty: for nothing. */
export function waitText({ waitsFor }: Pick<ServiceJob, 'waitsFor'>, t: Translate): string {
  if (waitsFor === null) return '';
  const { reason, hosts = [], until } = waitsFor;
  if (reason === 'hosts') return t('job.waits.hosts', { hosts: hostsText(hosts, t) });
  if (reason === 'window') return t('job.waits.window', { until: until === undefined ? '' : shownUtc(until) });
  return t('job.waits.others');
}
