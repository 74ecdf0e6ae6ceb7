import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';

/** Leads to a list of the API as a file: all of it as CSV, and its first 500 entries as JSON. */
export function ExportLinks({ path }: { readonly path: string }) {
  const { t } = usePlace();
  return (
    <p class="exports">
      {t('export.as')}{' '}
      <a href={withQuery(path, { format: 'csv' })} download>
        CSV
      </a>{' '}
      <a href={withQuery(path, { format: 'json', limit: '500' })} target="_blank" rel="noopener">
        JSON
      </a>
    </p>
  );
}
