import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Empty } from '../../parts/empty.js';
import { Icon } from '../../parts/icon.js';
import type { AccountData } from './account-data.js';

/** Lists the repositories that the reader has marked with a star. */
export function Starred({ repositories }: { readonly repositories: NonNullable<AccountData['starred']> }) {
  const { t } = usePlace();
  return (
    <section>
      <h2>{t('account.starred')}</h2>
      {repositories.length === 0 ? (
        <Empty title={t('account.no-stars')}>
          <p>
            <a href="/repositories">{t('overview.all-repositories')}</a>
          </p>
        </Empty>
      ) : (
        <ul class="rows">
          {repositories.map(({ registry, name }) => (
            <li key={`${registry} ${name}`}>
              <Icon name="star" /> <a href={repositoryHref(registry, name)}>{name}</a>{' '}
              <span class="muted">{registry}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
