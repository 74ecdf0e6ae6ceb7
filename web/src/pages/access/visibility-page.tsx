import type { ServiceAccountRights, ServiceVisibility } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { ConfirmButton } from '../../parts/forms/confirm-button.js';
import { type Visibility, VisibilityBadge } from '../../parts/images/visibility-badge.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { AccessTabs } from './access-tabs.js';
import { PathWords, RegistryWords } from './grants/grant-words.js';
import { type OwnedPath, OwnedPaths, ownedPaths } from './grants/owned-paths.js';
import { PathVisibilityForm } from './path-visibility-form.js';
import { registryNames } from './registry-choice.js';

interface VisibilityData {
  /** Undefined: the reader may not see them. */
  readonly rules: { readonly items: readonly ServiceVisibility[]; readonly usual: string } | undefined;
  readonly registries: readonly string[];
  readonly owned: readonly OwnedPath[];
}

/** Page of who sees which repositories without a role. */
export const visibilityPage = definePage<VisibilityData>({
  title: (_, t) => t('access.visibility'),
  needsAccount: true,
  load: async ({ api, session }) => {
    const [rules, registries, rights] = await Promise.all([
      session?.admin === true ? api.get<NonNullable<VisibilityData['rules']>>('/api/v1/visibilities') : undefined,
      registryNames(api),
      api.find<ServiceAccountRights>(apiPath`/api/v1/users/${session?.name ?? ''}/rights`),
    ]);
    return { rules, registries, owned: ownedPaths(rights) };
  },
  View: ({ data: { rules, registries, owned }, query }) => {
    const { t, session } = usePlace();
    const path = query.get('path') ?? (session?.admin === true ? '' : (owned[0]?.path ?? ''));
    return (
      <>
        <h1 tabIndex={-1}>{t('access.visibility')}</h1>
        <AccessTabs />
        <p>{t('access.visibility-text')}</p>
        {rules === undefined ? (
          <OwnedPaths paths={owned} area="/access/visibility" />
        ) : (
          <Rules items={rules.items} usual={rules.usual} />
        )}
        {session?.admin === true || owned.length > 0 ? (
          <PathVisibilityForm key={path} registries={registries} path={path} />
        ) : (
          <Empty title={t('access.own-nothing')}>
            <p>{t('access.not-owner-text')}</p>
          </Empty>
        )}
      </>
    );
  },
});

function Rules({ items, usual }: NonNullable<VisibilityData['rules']>) {
  const { t, api, reload } = usePlace();
  return (
    <>
      <p>
        {t('access.visibility-usual')} <VisibilityBadge visibility={usual as Visibility} />
      </p>
      {items.length === 0 ? (
        <Empty title={t('access.no-visibilities')} />
      ) : (
        <DataTable
          caption={t('access.visibility')}
          rows={items}
          rowKey={({ registry, path }) => `${registry} ${path}`}
          columns={[
            { key: 'path', title: t('access.path'), isHead: true, cell: ({ path }) => <PathWords path={path} /> },
            {
              key: 'registry',
              title: t('repository.registry'),
              cell: (rule) => <RegistryWords registry={rule.registry} />,
            },
            {
              key: 'visibility',
              title: t('access.visibility'),
              cell: ({ visibility }) => <VisibilityBadge visibility={visibility} />,
            },
            {
              key: 'delete',
              title: t('settings.actions'),
              cell: ({ registry, path }) => (
                <ConfirmButton
                  label={t('settings.remove')}
                  about={path}
                  title={t('access.remove-visibility', { path: path === '' ? t('access.all-repositories') : path })}
                  done={t('settings.saved')}
                  work={async () => {
                    await api.send('PUT', '/api/v1/visibilities', { registry, path, visibility: null });
                    await reload();
                  }}
                >
                  <p>{t('access.remove-visibility-text')}</p>
                </ConfirmButton>
              ),
            },
          ]}
        />
      )}
    </>
  );
}
