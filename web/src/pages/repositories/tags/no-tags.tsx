import { usePlace } from '../../../kernel/place.js';
import { referenceOf } from '../../../kernel/references.js';
import { Empty } from '../../../parts/empty.js';

interface NoTagsProps {
  readonly address: string;
  readonly repository: string;
  readonly isFiltered: boolean;
}

/** Says why there are no tags, and what to do. */
export function NoTags({ address, repository, isFiltered }: NoTagsProps) {
  const { t, url } = usePlace();
  if (isFiltered) {
    return (
      <Empty title={t('tags.none-fit')}>
        <p>
          <a href={url.split('?')[0]}>{t('tags.show-all')}</a>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={t('tags.none')}>
      <p>
        <code>docker push {referenceOf(address, repository, '1.0')}</code>
      </p>
      <p>
        <a href={`${url.split('?')[0]}?attached=on`}>{t('tags.show-attached')}</a>
      </p>
    </Empty>
  );
}
