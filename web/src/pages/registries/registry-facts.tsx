import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { CopyButton } from '../../parts/copy-button.js';
import { hostHref } from '../../parts/jobs/work-references.js';
import { kindText, visibilityText } from './registry-table.js';

/** Shows a registry's fields. */
export function RegistryFacts({ registry }: { readonly registry: ServiceRegistry }) {
  const { t } = usePlace();
  const { name, address, host, port, version, runtime, storage, settings, trusted } = registry;
  return (
    <dl class="facts">
      <dt>{t('registry.address')}</dt>
      <dd>
        <code>{address}</code> <CopyButton text={address} />
      </dd>
      <dt>{t('nav.repositories')}</dt>
      <dd>
        <a href={`/repositories${apiQuery({ registry: name })}`}>{t('registry.to-repositories')}</a>
      </dd>
      {host !== null && (
        <>
          <dt>{t('job.host')}</dt>
          <dd>
            <a href={hostHref(host)}>{host}</a>
            {port !== null && `:${port}`}
          </dd>
        </>
      )}
      <dt>{t('registry.kind')}</dt>
      <dd>{kindText(registry.kind, t)}</dd>
      <dt>{t('registry.writes')}</dt>
      <dd>
        {t(registry.readOnly ? 'registry.read-only' : 'registry.writable')}
        {registry.delete !== null && `, ${t(registry.delete ? 'registry.deletes' : 'registry.no-deletes')}`}
      </dd>
      <dt>{t('registry.visibility')}</dt>
      <dd>{registry.visibility === null ? t('registry.usual') : visibilityText(registry.visibility, t)}</dd>
      {version !== null && (
        <>
          <dt>{t('registry.version')}</dt>
          <dd>{version}</dd>
        </>
      )}
      {runtime !== null && (
        <>
          <dt>{t('registry.runtime')}</dt>
          <dd>{runtime}</dd>
        </>
      )}
      {storage !== null && (
        <>
          <dt>{t('registry.storage')}</dt>
          <dd>
            <code>{JSON.stringify(storage)}</code>
          </dd>
        </>
      )}
      {Object.keys(settings).length > 0 && (
        <>
          <dt>{t('registry.settings')}</dt>
          <dd>
            <code>{JSON.stringify(settings)}</code>
          </dd>
        </>
      )}
      <dt>{t('registry.tokens')}</dt>
      <dd>{t(trusted ? 'registry.trusted' : 'registry.not-trusted')}</dd>
      <dt>{t('registry.looked')}</dt>
      <dd>
        <Age at={registry.reconciledAt} never={t('drift.never')} />
      </dd>
    </dl>
  );
}
