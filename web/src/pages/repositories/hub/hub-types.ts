import type {
  ServiceCollaborator,
  ServiceComment,
  ServiceNotice,
  ServiceOpenness,
  ServiceReadme,
  SizedServiceRepository,
} from '../../../../../src/service-client/service-types.js';
import type { Items } from '../../../kernel/api/items.js';

/** Levels of notices, the weakest first. */
export const noticeLevels = ['info', 'warning', 'deprecated'] as const satisfies readonly ServiceNotice['level'][];

/** Notice as it is shown at the repositories of its path. */
export type Notice = SizedServiceRepository['notices'][number];

/** README with the tag of what was read: a save that comes after another's is refused. */
export type TaggedReadme = ServiceReadme & { readonly etag: string };

export type Comment = ServiceComment;
export type Collaborator = ServiceCollaborator;
export type Readme = ServiceReadme;

/** Accounts of a repository, and what those may that have no role. */
export type CollaboratorPage = Items<ServiceCollaborator> & { readonly open: ServiceOpenness };
