import { usePlace } from '../../kernel/place.js';
import { CopyButton } from '../../parts/copy-button.js';
import { Empty } from '../../parts/empty.js';
import type { OverviewData } from './overview-data.js';

/** Says how the first image comes here. */
export function FirstSteps({ data }: { readonly data: OverviewData }) {
  const { t, session } = usePlace();
  if (session === null) {
    return (
      <Empty title={t('overview.nothing-public')}>
        <p>{t('overview.login-for-more')}</p>
      </Empty>
    );
  }
  const registry = data.registries?.find(({ readOnly, trusted }) => trusted && !readOnly) ?? data.registries?.[0];
  if (registry === undefined) {
    return (
      <Empty title={t('overview.no-registry')}>
        <p>
          <a href="/registries/new">{t('overview.make-registry')}</a>
        </p>
      </Empty>
    );
  }
  const { address } = registry;
  const commands = [
    `docker login -u ${session.name} ${address}`,
    `docker tag alpine ${address}/${session.name}/alpine:3`,
    `docker push ${address}/${session.name}/alpine:3`,
  ];
  return (
    <Empty title={t('overview.no-images')}>
      <p>{t('overview.push-first')}</p>
      {commands.map((command) => (
        <p key={command} class="command">
          <code>{command}</code> <CopyButton text={command} />
        </p>
      ))}
    </Empty>
  );
}
