import type { ComponentChildren } from 'preact';
import type { ServiceImageRemoval } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { ShortDigest } from '../../parts/digest.js';
import type { ImagePlace } from './image-data.js';

interface ImageRemovalPreviewProps {
  readonly place: ImagePlace;
  readonly preview: ServiceImageRemoval;
}

/** Shows what the deletion of an image takes along, and what prevents it. */
export function ImageRemovalPreview({ place: { registry, repository }, preview }: ImageRemovalPreviewProps) {
  const { t } = usePlace();
  const { tags, parents, children, kept, referrers, referrerTags, bytes, lastOfRepository, allowed, until } = preview;
  const link = (digest: string) => <ShortDigest digest={digest} href={imageHref(registry, repository, digest)} />;
  return (
    <>
      {parents.length > 0 && (
        <div class="note note-bad">
          <p>{t('image.delete.parents', { n: parents.length })}</p>
          <Lines>{parents.map((each) => [each, link(each)])}</Lines>
        </div>
      )}
      {!allowed && parents.length === 0 && <p class="note note-bad">{t('image.delete.not-allowed')}</p>}
      {tags.length > 0 && (
        <>
          <p>{t('image.delete.tags', { n: tags.length })}</p>
          <Lines>{tags.map((tag) => [tag, <code key={tag}>{tag}</code>])}</Lines>
        </>
      )}
      {children.length > 0 && (
        <>
          <p>{t('image.delete.children', { n: children.length })}</p>
          <Lines>{children.map(({ digest, platform }) => [digest, [`${platform} `, link(digest)]])}</Lines>
        </>
      )}
      {kept.length > 0 && (
        <>
          <p>{t('image.delete.kept', { n: kept.length })}</p>
          <Lines>{kept.map(({ digest, tags: names }) => [digest, [link(digest), ` ${names.join(', ')}`]])}</Lines>
        </>
      )}
      {referrers.length + referrerTags.length > 0 && (
        <p>{t('image.delete.referrers', { n: Math.max(referrers.length, referrerTags.length) })}</p>
      )}
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
      {lastOfRepository && <p class="note note-warn">{t('image.delete.last')}</p>}
    </>
  );
}

function Lines({ children }: { readonly children: readonly (readonly [key: string, line: ComponentChildren])[] }) {
  return (
    <ul class="names">
      {children.map(([key, line]) => (
        <li key={key}>{line}</li>
      ))}
    </ul>
  );
}
