import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { durationText, secondsBetween } from '../../parts/jobs/duration.js';
import { publicationText } from '../../parts/jobs/job-name.js';
import { jobHref, publicationHref, registryHref, scheduleHref } from '../../parts/jobs/work-references.js';

/** Shows who wants a job since when and why, and its options. */
export function JobFacts({ job }: { readonly job: ServiceJob }) {
  const { t, now, language } = usePlace();
  const seconds = secondsBetween(job.startedAt, job.endedAt, now);
  const options = optionsOf(job);
  return (
    <dl class="facts">
      <dt>{t('job.id')}</dt>
      <dd>
        <code>{job.id}</code>
      </dd>
      <dt>{t('job.by')}</dt>
      <dd>
        {job.createdBy} <Age at={job.createdAt} />
      </dd>
      <dt>{t('job.started')}</dt>
      <dd>
        <Age at={job.startedAt} />
      </dd>
      <dt>{t('job.took')}</dt>
      <dd>{seconds === undefined ? '–' : durationText(seconds, language)}</dd>
      {job.reason !== '' && (
        <>
          <dt>{t('job.reason')}</dt>
          <dd>{job.reason}</dd>
        </>
      )}
      {job.registry !== null && (
        <>
          <dt>{t('repository.registry')}</dt>
          <dd>
            <a href={registryHref(job.registry)}>{job.registry}</a>
          </dd>
        </>
      )}
      {job.publication !== null && (
        <>
          <dt>{t('publication.one')}</dt>
          <dd>
            <a href={publicationHref(job.publication)}>{publicationText(job.publication)}</a>
          </dd>
        </>
      )}
      {job.parent !== null && (
        <>
          <dt>{t('job.parent')}</dt>
          <dd>
            <a href={jobHref(job.parent)}>{job.parent.slice(0, 8)}</a>
          </dd>
        </>
      )}
      {job.schedule !== null && (
        <>
          <dt>{t('job.schedule')}</dt>
          <dd>
            <a href={scheduleHref(job.schedule)}>{t('job.to-schedule')}</a>
          </dd>
        </>
      )}
      {options.length > 0 && (
        <>
          <dt>{t('job.options')}</dt>
          <dd>
            <code>{options.join('  ')}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Returns the options that are not as they always are. */
function optionsOf({ options }: ServiceJob): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const isUsual =
      value === false ||
      value === null ||
      value === undefined ||
      (typeof value === 'object' && Object.keys(value).length === 0);
    if (isUsual) return [];
    return [value === true ? name : `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
}
