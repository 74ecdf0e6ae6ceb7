import type { SizedServiceRepository } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Bytes } from '../../parts/bytes.js';
import { VisibilityBadge } from '../../parts/images/visibility-badge.js';
import { StarButton } from './hub/star-button.js';

/** Shows the name of a repository, and its figures. */
export function RepositoryHead({ repository }: { readonly repository: SizedServiceRepository }) {
  const { t } = usePlace();
  const { registry, name, description, descriptionFrom, visibility, bytes, uniqueBytes } = repository;
  return (
    <>
      <nav class="crumbs" aria-label={t('crumbs.label')}>
        <a href="/repositories">{t('nav.repositories')}</a> /{' '}
        <a href={`/repositories?registry=${encodeURIComponent(registry)}`}>{registry}</a>
      </nav>
      <div class="title-row">
        <h1 tabIndex={-1}>{name}</h1>
        <StarButton repository={repository} />
      </div>
      {description !== '' && (
        <p>
          {description}{' '}
          {descriptionFrom === 'image' && <span class="muted">{t('repository.description-of-image')}</span>}
        </p>
      )}
      <dl class="figures">
        <div>
          <dt>{t('repository.visibility')}</dt>
          <dd>
            <VisibilityBadge visibility={visibility} />
          </dd>
        </div>
        <div>
          <dt>{t('repository.size')}</dt>
          <dd>
            <Bytes value={bytes} />
          </dd>
        </div>
        <div>
          <dt>{t('repository.unique')}</dt>
          <dd>
            <Bytes value={uniqueBytes} />
          </dd>
        </div>
        <div>
          <dt>{t('repository.pushed')}</dt>
          <dd>
            <Age at={repository.pushedAt} />
          </dd>
        </div>
        <div>
          <dt>{t('repository.pulled')}</dt>
          <dd>
            <Age at={repository.pulledAt} never={t('tags.never')} />
          </dd>
        </div>
        <div>
          <dt>{t('repository.pulls')}</dt>
          <dd>{repository.pullCount}</dd>
        </div>
      </dl>
    </>
  );
}
