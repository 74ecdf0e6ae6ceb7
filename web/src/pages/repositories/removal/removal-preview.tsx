import type { ServiceRemovals } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Bytes } from '../../../parts/bytes.js';

/** Tags that the preview names; it counts the others. */
const shown = 200;

/** Shows the tags that would go, and what would go with them. */
export function RemovalPreview({
  preview: { tags, count, images, bytes, until },
}: {
  readonly preview: ServiceRemovals;
}) {
  const { t } = usePlace();
  if (count === 0) return <p>{t('bulk.none')}</p>;
  const rows = tags.slice(0, shown);
  return (
    <>
      <p>
        {t('bulk.count', { n: count })} {t('bulk.images', { n: images })}
      </p>
      <p>
        {t('bulk.bytes')} <Bytes value={bytes} />.{' '}
        {until === null ? (
          t('undo.gone')
        ) : (
          <>
            {t('undo.until')} <Age at={until} />
          </>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <section class="scroll" tabIndex={0} aria-label={t('bulk.title')}>
        <ul class="rows">
          {rows.map(({ tag, pushedAt, siblings, imageGoes }) => (
            <li key={tag}>
              <code>{tag}</code> <Age at={pushedAt} />{' '}
              <span class="muted">
                {imageGoes
                  ? t('bulk.image-goes')
                  : siblings.length > 0
                    ? t('bulk.siblings', { names: siblings.slice(0, 5).join(', ') })
                    : ''}
              </span>
            </li>
          ))}
        </ul>
        {count > rows.length && <p class="muted">{t('bulk.more', { n: count - rows.length })}</p>}
      </section>
    </>
  );
}
