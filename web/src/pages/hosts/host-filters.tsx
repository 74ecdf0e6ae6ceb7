import { useEffect, useState } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { TextField } from '../../parts/fields/text-field.js';

/** Form that chooses which hosts are listed. */
export function HostFilters({
  query,
  groups,
}: {
  readonly query: URLSearchParams;
  readonly groups: readonly string[];
}) {
  const { t } = usePlace();
  const asked = query.get('name') ?? '';
  const [name, setName] = useState(asked);
  useEffect(() => setName(asked), [asked]);
  return (
    <form class="filters" action="/hosts" method="get">
      <TextField label={t('host.name')} name="name" type="search" value={name} onValue={setName} />
      <Choice
        label={t('host.group')}
        name="group"
        value={query.get('group') ?? ''}
        options={[{ value: '', label: t('work.any') }, ...groups.map((value) => ({ value, label: value }))]}
      />
      <Choice
        label={t('drift.state')}
        name="state"
        value={query.get('state') ?? ''}
        options={[
          { value: '', label: t('work.any') },
          { value: 'differs', label: t('drift.state.differs') },
          { value: 'unknown', label: t('drift.state.unknown') },
          { value: 'as-wanted', label: t('drift.state.as-wanted') },
        ]}
      />
      <button type="submit">{t('work.filter')}</button>
    </form>
  );
}
