import { useEffect, useState } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { TextField } from '../../parts/fields/text-field.js';
import { jobKinds, jobStates, publicationKinds } from './job-kinds.js';

/** Form that chooses which jobs are listed. */
export function JobFilters({ query }: { readonly query: URLSearchParams }) {
  const { t } = usePlace();
  const [asked, setAsked] = useState({ host: query.get('host') ?? '', registry: query.get('registry') ?? '' });
  const text = query.toString();
  useEffect(() => {
    const now = new URLSearchParams(text);
    setAsked({ host: now.get('host') ?? '', registry: now.get('registry') ?? '' });
  }, [text]);
  return (
    <form class="filters" action="/jobs" method="get">
      <Choice
        label={t('job.state')}
        name="state"
        value={query.get('state') ?? ''}
        options={[
          { value: '', label: t('work.any') },
          ...jobStates.map((value) => ({ value: value as string, label: t(`job.state.${value}`) })),
        ]}
      />
      <Choice
        label={t('job.kind')}
        name="kind"
        value={query.get('kind') ?? ''}
        options={[
          { value: '', label: t('work.any') },
          ...[...jobKinds, ...publicationKinds].map((value) => ({
            value: value as string,
            label: t(`job.kind.${value}`),
          })),
        ]}
      />
      <TextField
        label={t('job.host')}
        name="host"
        value={asked.host}
        onValue={(host) => setAsked((former) => ({ ...former, host }))}
      />
      <TextField
        label={t('repository.registry')}
        name="registry"
        value={asked.registry}
        onValue={(registry) => setAsked((former) => ({ ...former, registry }))}
      />
      <button type="submit">{t('work.filter')}</button>
    </form>
  );
}
