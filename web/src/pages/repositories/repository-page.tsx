import type { ServiceRestorable, SizedServiceRepository } from '../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../kernel/api/api-paths.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage, type LoadContext } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Tabs } from '../../parts/tabs.js';
import { AboutTab } from './hub/about-tab.js';
import { commentsPath } from './hub/comment-path.js';
import { CommentsTab } from './hub/comments-tab.js';
import type { CollaboratorPage, Comment } from './hub/hub-types.js';
import { Notices } from './hub/notices.js';
import { readReadme } from './hub/read-readme.js';
import { RemovedTab, removedPath } from './removal/removed-tab.js';
import { type RepositoryData, type RepositoryTab, repositoryTabs, type TagPage } from './repository-data.js';
import { RepositoryHead } from './repository-head.js';
import { collaboratorsPath } from './settings/collaborators-path.js';
import { SettingsTab } from './settings/settings-tab.js';
import { tagsPath } from './tags/tag-query.js';
import { TagsTab } from './tags/tags-tab.js';

/** Page of a repository: its tags, and all that is said of it. */
export const repositoryPage = definePage<RepositoryData>({
  title: ({ repository: { name, registry } }) => `${name} · ${registry}`,
  load: async (context) => {
    const { api, params, query } = context;
    const { registry = '', repository: name = '' } = params;
    const tab = repositoryTabs.find((each) => each === query.get('tab')) ?? 'tags';
    const [repository, content] = await Promise.all([
      api.get<SizedServiceRepository>(repositoryApi(registry, name)),
      loadTab(context, registry, name, tab),
    ]);
    return { repository, tab, ...content };
  },
  View: ({ data, query }) => {
    const { t, session } = usePlace();
    const { repository, tab } = data;
    const isShown = (each: RepositoryTab) => {
      if (each === 'settings') return repository.actions.includes('manage') || repository.actions.includes('delete');
      return (
        each !== 'removed' ||
        (session !== null && repository.actions.some((action) => action === 'push' || action === 'delete'))
      );
    };
    return (
      <>
        <RepositoryHead repository={repository} />
        <Notices notices={repository.notices} />
        <Tabs
          label={t('repository.views')}
          current={tab}
          tabs={repositoryTabs.filter(isShown).map((key) => ({
            key,
            label: t(`repository.tab.${key}`),
            count: key === 'tags' ? repository.tags : undefined,
          }))}
        />
        <OpenTab data={data} query={query} />
      </>
    );
  },
});

async function loadTab(
  { api, query }: LoadContext,
  registry: string,
  name: string,
  tab: RepositoryTab,
): Promise<Partial<RepositoryData>> {
  switch (tab) {
    case 'tags':
      return { tags: await api.get<TagPage>(tagsPath(registry, name, query, query.get('after'))) };
    case 'about':
      return { readme: await readReadme(api, registry, name) };
    case 'comments':
      return { comments: await api.get<Items<Comment>>(commentsPath(registry, name, query.get('after'))) };
    case 'removed':
      return { removed: await api.get<Items<ServiceRestorable>>(removedPath(registry, name, query.get('after'))) };
    case 'settings': {
      const [readme, collaborators] = await Promise.all([
        readReadme(api, registry, name),
        api.find<CollaboratorPage>(collaboratorsPath(registry, name, query.get('after'))),
      ]);
      return { readme, collaborators };
    }
  }
}

function OpenTab({ data, query }: { readonly data: RepositoryData; readonly query: URLSearchParams }) {
  const { repository, tab } = data;
  const { registry, name, actions } = repository;
  switch (tab) {
    case 'tags':
      return data.tags && <TagsTab repository={repository} page={data.tags} query={query} />;
    case 'about':
      return <AboutTab repository={repository} readme={data.readme} />;
    case 'comments':
      return data.comments && <CommentsTab repository={repository} page={data.comments} />;
    case 'removed':
      return (
        data.removed && (
          <RemovedTab registry={registry} repository={name} page={data.removed} mayRestore={actions.includes('push')} />
        )
      );
    case 'settings':
      return <SettingsTab repository={repository} readme={data.readme} collaborators={data.collaborators} />;
  }
}
