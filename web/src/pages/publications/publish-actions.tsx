import { useState } from 'preact/hooks';
import type { ServiceJob, ServicePublication } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { TriedJob } from '../jobs/tried-job.js';

/** Offers to publish an application: tried first, stored alone, or stored and named. */
export function PublishActions({ publication: { vendor, app, source } }: { readonly publication: ServicePublication }) {
  const { t, api, reload } = usePlace();
  const [job, setJob] = useState<ServiceJob>();
  const start = useAction(async (kind: 'publish' | 'upload', query: '' | '?dryRun=true') => {
    setJob(undefined);
    setJob(await api.send<ServiceJob>('POST', `/api/v1/jobs${query}`, { kind, publication: { vendor, app } }));
  });
  if (source === null) return null;
  return (
    <>
      <p class="actions">
        <button type="button" disabled={start.isBusy} onClick={() => void start.run('publish', '?dryRun=true')}>
          {t('publication.try')}
        </button>
        <button type="button" class="primary" disabled={start.isBusy} onClick={() => void start.run('publish', '')}>
          {t('publication.publish')}
        </button>
        <button type="button" disabled={start.isBusy} onClick={() => void start.run('upload', '')}>
          {t('publication.upload')}
        </button>
        <span class="muted">{t('publication.upload.hint')}</span>
      </p>
      <ProblemNote problem={start.problem} />
      {job !== undefined && <TriedJob key={job.id} job={job} onEnd={() => void reload()} />}
    </>
  );
}
