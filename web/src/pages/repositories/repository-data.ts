import type {
  ServiceRestorable,
  ServiceTag,
  SizedServiceRepository,
} from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import type { CollaboratorPage, Comment, TaggedReadme } from './hub/hub-types.js';

/** Views of a repository. */
export const repositoryTabs = ['tags', 'about', 'comments', 'removed', 'settings'] as const;
export type RepositoryTab = (typeof repositoryTabs)[number];

/** Page of tags, as the API has it. */
export interface TagPage extends Items<ServiceTag> {
  /** Tags of all pages. */
  readonly count: number;
}

/** Data of a repository's page: of the view that is open alone. */
export interface RepositoryData {
  readonly repository: SizedServiceRepository;
  readonly tab: RepositoryTab;
  readonly tags?: TagPage;
  readonly readme?: TaggedReadme | undefined;
  readonly comments?: Items<Comment>;
  readonly removed?: Items<ServiceRestorable>;
  readonly collaborators?: CollaboratorPage | undefined;
}
