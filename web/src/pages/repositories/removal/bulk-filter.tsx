import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import type { RemovalFilter } from './removal-request.js';

const fields = { tags: '', pushedBefore: '', notPulledSince: '', keepNewest: '', platform: '' };

/** Form of the filter by which tags are deleted. It deletes nothing: it asks for the preview. */
export function BulkFilter({ onPreview }: { readonly onPreview: (filter: RemovalFilter) => void }) {
  const { t } = usePlace();
  const [values, setValues] = useState(fields);
  const [isEmpty, setEmpty] = useState(false);
  const set = (name: keyof typeof fields) => (value: string) => setValues({ ...values, [name]: value });
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        const filter = filterOf(values);
        setEmpty(Object.keys(filter).length === 0);
        if (Object.keys(filter).length > 0) onPreview(filter);
      }}
    >
      <p>{t('bulk.help')}</p>
      <div class="filters">
        <TextField
          label={t('bulk.tags')}
          value={values.tags}
          onValue={set('tags')}
          placeholder="pr-* *-rc*"
          error={isEmpty ? t('bulk.empty') : undefined}
        />
        <TextField
          label={t('bulk.pushed-before')}
          type="date"
          value={values.pushedBefore}
          onValue={set('pushedBefore')}
        />
        <TextField
          label={t('bulk.not-pulled-since')}
          type="date"
          value={values.notPulledSince}
          onValue={set('notPulledSince')}
        />
        <TextField
          label={t('bulk.keep-newest')}
          type="number"
          min={1}
          max={10_000}
          value={values.keepNewest}
          onValue={set('keepNewest')}
        />
        <TextField
          label={t('tags.platform')}
          value={values.platform}
          onValue={set('platform')}
          placeholder="linux/arm64"
        />
      </div>
      <p class="actions">
        <button type="submit">{t('bulk.preview')}</button>
      </p>
    </form>
  );
}

function filterOf({ tags, pushedBefore, notPulledSince, keepNewest, platform }: typeof fields): RemovalFilter {
  const patterns = tags.split(/[\s,]+/).filter((each) => each !== '');
  return {
    ...(patterns.length === 0 ? {} : { tags: patterns }),
    ...(pushedBefore === '' ? {} : { pushedBefore: `${pushedBefore}T00:00:00Z` }),
    ...(notPulledSince === '' ? {} : { notPulledSince: `${notPulledSince}T00:00:00Z` }),
    ...(keepNewest === '' ? {} : { keepNewest: Number(keepNewest) }),
    ...(platform.trim() === '' ? {} : { platform: platform.trim() }),
  };
}
