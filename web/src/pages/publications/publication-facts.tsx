import type { ServicePublication } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { CopyButton } from '../../parts/copy-button.js';

/** Tags that are shown before the reader asks for all. */
const fewTags = 20;

/** Shows where an application comes from, where it lies, and its tags. */
export function PublicationFacts({ publication }: { readonly publication: ServicePublication }) {
  const { t } = usePlace();
  const { name, source, store, layout, access, url, pullFrom, tags, publishedAt } = publication;
  const pull = pullFrom === null ? undefined : `docker pull ${pullFrom.replace(/^https?:\/\//, '')}/${name}`;
  return (
    <dl class="facts">
      {pull !== undefined && (
        <>
          <dt>{t('publication.pull')}</dt>
          <dd>
            <code>{pull}</code> <CopyButton text={pull} />
          </dd>
        </>
      )}
      <dt>{t('publication.source')}</dt>
      <dd>{source === null ? <span class="muted">{t('publication.no-source')}</span> : <code>{source}</code>}</dd>
      <dt>{t('publication.store')}</dt>
      <dd>
        <code>{store}</code>
      </dd>
      <dt>{t('publication.layout')}</dt>
      <dd>{layout}</dd>
      <dt>{t('publication.access')}</dt>
      <dd>{t(`publication.access.${access}`)}</dd>
      <dt>{t('publication.url')}</dt>
      <dd>{url === null ? <span class="muted">{t('publication.url.usual')}</span> : <code>{url}</code>}</dd>
      <dt>{t('publication.published')}</dt>
      <dd>
        <Age at={publishedAt} />
      </dd>
      {tags !== null && tags.length > 0 && (
        <>
          <dt>{t('publication.tags')}</dt>
          <dd>
            {tags.length <= fewTags ? (
              <Tags tags={tags} />
            ) : (
              <details>
                <summary>{t('publication.tags.n', { n: tags.length })}</summary>
                <Tags tags={tags} />
              </details>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <>
      {tags.map((tag) => (
        <span key={tag}>
          <code>{tag}</code>{' '}
        </span>
      ))}
    </>
  );
}
