import type { ServiceImage } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref, repositoryHref } from '../../kernel/references.js';

/** Shows which other repositories have an image; nothing where none has. */
export function Elsewhere({ image: { alsoAt, digest } }: { readonly image: ServiceImage }) {
  const { t } = usePlace();
  if (alsoAt.length === 0) return null;
  return (
    <section aria-labelledby="elsewhere">
      <h2 id="elsewhere">{t('image.elsewhere', { n: alsoAt.length })}</h2>
      <ul class="rows">
        {alsoAt.map(({ registry, repository, tags }) => (
          <li key={`${registry} ${repository}`}>
            <a href={repositoryHref(registry, repository)}>{repository}</a> <span class="muted">{registry}</span>{' '}
            {tags.length === 0 ? (
              <a href={imageHref(registry, repository, digest)}>{t('image.untagged')}</a>
            ) : (
              tags.map((tag) => (
                <span key={tag}>
                  <a href={imageHref(registry, repository, tag)}>{tag}</a>{' '}
                </span>
              ))
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
