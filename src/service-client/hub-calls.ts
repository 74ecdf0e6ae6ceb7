import type { ServiceRequests } from './requests.js';
import type {
  NewServiceComment,
  NewServiceNotice,
  ServiceCollaborator,
  ServiceComment,
  ServiceMirror,
  ServiceNotice,
  ServiceOpenness,
  ServiceReadme,
  ServiceRepository,
  ServiceStarred,
} from './service-types.js';

/** Repository of a registry: `team/app` of `main`. */
export interface IndexedRepository {
  readonly registry: string;
  readonly repository: string;
}

/** Calls about what people say of repositories, who works on them, and mirrors. */
export interface HubCalls {
  star(place: IndexedRepository): Promise<ServiceStarred>;
  unstar(place: IndexedRepository): Promise<ServiceStarred>;
  /** Lists the repositories that the account starred, and may see. */
  starred(): AsyncGenerator<ServiceRepository>;
  /** Lists comments, oldest first; of a tag: those about it alone. */
  comments(place: IndexedRepository, tag?: string): AsyncGenerator<ServiceComment>;
  comment(place: IndexedRepository, comment: NewServiceComment): Promise<ServiceComment>;
  editComment(place: IndexedRepository, id: number, text: string): Promise<ServiceComment>;
  removeComment(place: IndexedRepository, id: number): Promise<void>;
  /** Sets the description; empty: that of the newest image that has one. */
  describe(place: IndexedRepository, description: string): Promise<void>;
  readme(place: IndexedRepository): Promise<ServiceReadme>;
  writeReadme(place: IndexedRepository, text: string): Promise<ServiceReadme>;
  removeReadme(place: IndexedRepository): Promise<void>;
  /** Lists the notices that the account may change. */
  notices(query?: { readonly registry?: string; readonly path?: string }): AsyncGenerator<ServiceNotice>;
  pinNotice(notice: NewServiceNotice): Promise<ServiceNotice>;
  removeNotice(id: string): Promise<void>;
  collaborators(place: IndexedRepository): AsyncGenerator<ServiceCollaborator>;
  /** Gives an account a role on exactly this repository, in place of the one that it has there. */
  setCollaborator(
    place: IndexedRepository,
    account: string,
    role: 'viewer' | 'puller' | 'pusher' | 'maintainer' | 'owner',
  ): Promise<void>;
  removeCollaborator(place: IndexedRepository, account: string): Promise<void>;
  openness(place: IndexedRepository): Promise<ServiceOpenness>;
  /** Sets who sees a repository without a role; null: as what is above it. */
  setVisibility(place: IndexedRepository, visibility: ServiceOpenness['visibility'] | null): Promise<ServiceOpenness>;
  /** Returns how a mirror differs from what it mirrors, with the first of the differences. */
  mirror(registry: string): Promise<ServiceMirror>;
  /** Lists all differences of a mirror. */
  mirrorDifferences(registry: string): AsyncGenerator<ServiceMirror['items'][number]>;
  /** Compares a mirror with what it mirrors, now. */
  lookAtMirror(registry: string): Promise<void>;
}

/** Makes the calls of a client. */
export function hubCalls(requests: ServiceRequests): HubCalls {
  const send: ServiceRequests['send'] = (request, body, more) => requests.send(request, body, more);
  const named = (place: IndexedRepository, what: string, name: string | number) =>
    `${repositoryPath(place)}/${what}/${encodeURIComponent(name)}`;
  const mirror = (registry: string) => `/api/v1/registries/${encodeURIComponent(registry)}/mirror`;
  return {
    star: (place) => send(`PUT ${repositoryPath(place)}/star`),
    unstar: (place) => send(`DELETE ${repositoryPath(place)}/star`),
    starred: () => requests.pages('/api/v1/starred'),
    comments: (place, tag) => requests.pages(`${repositoryPath(place)}/comments`, { tag }),
    comment: (place, comment) => send(`POST ${repositoryPath(place)}/comments`, comment),
    editComment: (place, id, text) => send(`PATCH ${named(place, 'comments', id)}`, { text }),
    removeComment: (place, id) => send(`DELETE ${named(place, 'comments', id)}`),
    describe: (place, description) => send(`PUT ${repositoryPath(place)}/description`, { description }),
    readme: (place) => send(`GET ${repositoryPath(place)}/readme`),
    writeReadme: (place, text) => send(`PUT ${repositoryPath(place)}/readme`, { text }),
    removeReadme: (place) => send(`DELETE ${repositoryPath(place)}/readme`),
    notices: (query) => requests.pages('/api/v1/notices', query),
    pinNotice: (notice) => send('POST /api/v1/notices', notice),
    removeNotice: (id) => send(`DELETE /api/v1/notices/${encodeURIComponent(id)}`),
    collaborators: (place) => requests.pages(`${repositoryPath(place)}/collaborators`),
    setCollaborator: (place, account, role) => send(`PUT ${named(place, 'collaborators', account)}`, { role }),
    removeCollaborator: (place, account) => send(`DELETE ${named(place, 'collaborators', account)}`),
    openness: (place) => send(`GET ${repositoryPath(place)}/visibility`),
    setVisibility: (place, visibility) => send(`PUT ${repositoryPath(place)}/visibility`, { visibility }),
    mirror: (registry) => send(`GET ${mirror(registry)}`),
    mirrorDifferences: (registry) => requests.pages(mirror(registry)),
    lookAtMirror: (registry) => send(`POST ${mirror(registry)}/look`),
  };
}

/** Returns the path of a repository in the API. */
export function repositoryPath({ registry, repository }: IndexedRepository): string {
  return `/api/v1/registries/${encodeURIComponent(registry)}/repositories/${encodeURIComponent(repository)}`;
}
