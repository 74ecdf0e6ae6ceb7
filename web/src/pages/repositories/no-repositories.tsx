import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';

/** Says why there are no repositories, and what to do. */
export function NoRepositories({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t, session, url } = usePlace();
  if (isFiltered) {
    return (
      <Empty title={t('repositories.none-fit')}>
        <p>
          <a href="/repositories">{t('repositories.show-all')}</a>
        </p>
      </Empty>
    );
  }
  if (session === null) {
    return (
      <Empty title={t('overview.nothing-public')}>
        <p>
          <a href={`/login?next=${encodeURIComponent(url)}`}>{t('overview.login-for-more')}</a>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={t('overview.no-images')}>
      <p>{t('overview.push-first')}</p>
      <p>
        <code>docker push HOST:PORT/{session.name}/alpine:3</code>
      </p>
      <p>
        <a href="/">{t('repositories.first-steps')}</a>
      </p>
    </Empty>
  );
}
