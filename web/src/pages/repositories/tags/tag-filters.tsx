import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { FilterCheck, FilterForm, FilterText } from '../../../parts/lists/filter-form.js';
import { tagSorts, usualTagSort } from './tag-query.js';

/** Form that chooses which tags are shown, and in which order. */
export function TagFilters({
  query,
  platforms,
}: {
  readonly query: URLSearchParams;
  /** Platforms to choose from. */
  readonly platforms: readonly string[];
}) {
  const { t } = usePlace();
  const sort = query.get('sort') ?? usualTagSort;
  const sorts = tagSorts.some((each) => each === sort) ? tagSorts : [...tagSorts, sort];
  return (
    <FilterForm label={t('tags.filter')}>
      <FilterText label={t('tags.name')} name="q" value={query.get('q')} />
      <FilterText
        label={t('tags.platform')}
        name="platform"
        value={query.get('platform')}
        placeholder="linux/arm64"
        list={platforms}
      />
      <Choice
        label={t('tags.sort')}
        name="sort"
        value={sort}
        options={sorts.map((value) => ({ value, label: sortWords(value) }))}
      />
      <FilterCheck label={t('tags.attached')} name="attached" value={query.get('attached')} />
    </FilterForm>
  );

  function sortWords(value: string): string {
    const known = tagSorts.find((each) => each === value);
    return known === undefined ? value : t(`tags.sort.${known}`);
  }
}
