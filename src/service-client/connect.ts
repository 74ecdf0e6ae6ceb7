import { followJob } from './follow-job.js';
import { type QueryValues, type RequestMore, type ServiceAddress, ServiceRequests } from './requests.js';
import type {
  IssuedServiceToken,
  NewServiceGrant,
  NewServiceJob,
  NewServiceJobGrant,
  NewServiceRegistry,
  NewServiceRobot,
  NewServiceSchedule,
  NewServiceToken,
  NewServiceUser,
  NewServiceVisibility,
  RemovedServiceImages,
  RemovedServiceTag,
  ServiceAuditEvent,
  ServiceExplanation,
  ServiceGrant,
  ServiceGroup,
  ServiceImage,
  ServiceJob,
  ServiceJobEvent,
  ServiceJobGrant,
  ServiceRegistry,
  ServiceRegistryChanges,
  ServiceRepository,
  ServiceRobot,
  ServiceRobotChanges,
  ServiceRoleInputs,
  ServiceSchedule,
  ServiceSearchHit,
  ServiceTag,
  ServiceTagMove,
  ServiceToken,
  ServiceUser,
  ServiceUserChanges,
  ServiceVisibility,
  SizedServiceRepository,
} from './service-types.js';

export type { ServiceAddress } from './requests.js';
export { ServiceAway, ServiceProblem } from './service-problem.js';
export type * from './service-types.js';

/** Wishes of a request that makes a job. */
export interface JobWishes {
  /** Seconds to wait for its end, at most 60. Default: the answer comes at once. */
  readonly wait?: number | undefined;
  /** Only say what it would do: a job of the kind `check`. */
  readonly dryRun?: boolean | undefined;
}

/** Repository of a registry: `team/app` of `main`. */
export interface IndexedRepository {
  readonly registry: string;
  readonly repository: string;
}

/** API of a service (`provision serve`). Each call throws ServiceProblem where the service refuses. */
export interface ServiceClient {
  /** Makes the first account, by the token that the service printed. */
  setup(token: string, user: Pick<NewServiceUser, 'name' | 'password' | 'fullName' | 'email'>): Promise<ServiceUser>;
  /** Returns the account by which this client acts. */
  whoami(): Promise<ServiceUser>;
  readonly users: {
    list(): AsyncGenerator<ServiceUser>;
    get(name: string): Promise<ServiceUser>;
    create(user: NewServiceUser): Promise<ServiceUser>;
    change(name: string, changes: ServiceUserChanges): Promise<ServiceUser>;
    delete(name: string): Promise<void>;
    /** Ends the delay of logins after wrong passwords. */
    unlock(name: string): Promise<void>;
  };
  readonly groups: {
    list(): AsyncGenerator<ServiceGroup>;
    get(name: string): Promise<ServiceGroup>;
    create(group: { readonly name: string; readonly description?: string }): Promise<ServiceGroup>;
    delete(name: string): Promise<void>;
    addMember(name: string, account: string): Promise<void>;
    removeMember(name: string, account: string): Promise<void>;
  };
  readonly robots: {
    list(): AsyncGenerator<ServiceRobot>;
    get(name: string): Promise<ServiceRobot>;
    create(robot: NewServiceRobot): Promise<ServiceRobot>;
    change(name: string, changes: ServiceRobotChanges): Promise<ServiceRobot>;
    delete(name: string): Promise<void>;
    /** Makes an access token of a robot. */
    createToken(name: string, token: NewServiceToken): Promise<IssuedServiceToken>;
  };
  /** Access tokens of the account by which this client acts. */
  readonly tokens: {
    list(): Promise<ServiceToken[]>;
    create(token: NewServiceToken): Promise<IssuedServiceToken>;
    delete(id: string): Promise<void>;
  };
  readonly grants: {
    list(): Promise<ServiceGrant[]>;
    create(grant: NewServiceGrant): Promise<ServiceGrant>;
    delete(id: string): Promise<void>;
  };
  readonly visibilities: {
    list(): Promise<ServiceVisibility[]>;
    set(rule: NewServiceVisibility): Promise<void>;
  };
  /** Says why an account may do something with a repository, or not. */
  explain(query: {
    readonly account: string;
    readonly repository: string;
    readonly action: string;
    readonly registry?: string;
  }): Promise<ServiceExplanation>;
  audit(query?: QueryValues): AsyncGenerator<ServiceAuditEvent>;
  readonly registries: {
    list(): Promise<ServiceRegistry[]>;
    get(name: string): Promise<ServiceRegistry>;
    create(registry: NewServiceRegistry, wishes?: JobWishes): Promise<ServiceJob>;
    change(name: string, changes: ServiceRegistryChanges, wishes?: JobWishes): Promise<ServiceJob>;
    delete(name: string, wishes?: JobWishes): Promise<ServiceJob>;
  };
  /** Returns what the roles of the site take: the variables that a job may set. */
  roles(): Promise<ServiceRoleInputs[]>;
  readonly jobs: {
    list(query?: QueryValues): AsyncGenerator<ServiceJob>;
    get(id: string): Promise<ServiceJob>;
    create(job: NewServiceJob, wishes?: Pick<JobWishes, 'wait'>): Promise<ServiceJob>;
    /** Follows a job to its end: events, each once and in order after any cut; returns the job. */
    follow(id: string, signal?: AbortSignal): AsyncGenerator<ServiceJobEvent, ServiceJob>;
    /** Waits for the end of a job. */
    ended(id: string, signal?: AbortSignal): Promise<ServiceJob>;
    /** Ends a job: no more tasks; a second time, at once. */
    cancel(id: string): Promise<ServiceJob>;
    retry(id: string, hosts?: 'failed' | 'all'): Promise<ServiceJob>;
    /** Carries out just what a check found. */
    approve(id: string): Promise<ServiceJob>;
  };
  readonly schedules: {
    list(): Promise<ServiceSchedule[]>;
    get(id: string): Promise<ServiceSchedule>;
    create(schedule: NewServiceSchedule): Promise<ServiceSchedule>;
    change(id: string, changes: Partial<NewServiceSchedule>): Promise<ServiceSchedule>;
    delete(id: string): Promise<void>;
    start(id: string): Promise<ServiceJob>;
  };
  readonly jobGrants: {
    list(): Promise<ServiceJobGrant[]>;
    create(grant: NewServiceJobGrant): Promise<ServiceJobGrant>;
    delete(id: string): Promise<void>;
  };
  readonly images: {
    repositories(query?: { readonly registry?: string; readonly q?: string }): AsyncGenerator<ServiceRepository>;
    repository(place: IndexedRepository): Promise<SizedServiceRepository>;
    tags(place: IndexedRepository): AsyncGenerator<ServiceTag>;
    /** Lists what a tag was before, newest first. */
    history(place: IndexedRepository, tag: string): Promise<ServiceTagMove[]>;
    /** Deletes a tag; its image stays, and is told with the tags that still lead to it. */
    removeTag(place: IndexedRepository, tag: string): Promise<RemovedServiceTag>;
    /** Deletes an image. Tags that lead to it prevent that, unless `withTags` deletes them as well. */
    removeImage(
      place: IndexedRepository,
      digest: string,
      options?: { readonly withTags?: boolean },
    ): Promise<RemovedServiceImages>;
    /** Deletes a repository with all its images. */
    removeRepository(place: IndexedRepository): Promise<RemovedServiceImages>;
    image(place: IndexedRepository, digest: string): Promise<ServiceImage>;
    /** Finds repositories, tags and images: `tag:1.2 platform:linux/arm64`. */
    search(q: string): AsyncGenerator<ServiceSearchHit>;
  };
  /** Sends any request of the API: `GET /api/v1/audit`. */
  request<Answer>(request: string, body?: unknown, more?: RequestMore): Promise<Answer>;
}

/** Makes a client of a service; nothing is sent yet. @throws Error for an address that is none */
export function connect(address: ServiceAddress): ServiceClient {
  const requests = new ServiceRequests(address);
  const send: ServiceClient['request'] = (request, body, more) => requests.send(request, body, more);
  const one = (collection: string, name: string) => `/api/v1/${collection}/${encodeURIComponent(name)}`;
  const started = (request: string, body: unknown, { wait, dryRun }: JobWishes = {}) =>
    send<ServiceJob>(request, body, {
      query: { dryRun: dryRun === true ? true : undefined },
      headers: wait === undefined ? {} : { Prefer: `wait=${wait}` },
    });
  /** Calls that several kinds of things have alike. */
  const things = <Thing, New, Changes>(collection: string) => ({
    get: (name: string) => send<Thing>(`GET ${one(collection, name)}`),
    create: (thing: New) => send<Thing>(`POST /api/v1/${collection}`, thing),
    change: (name: string, changes: Changes) => send<Thing>(`PATCH ${one(collection, name)}`, changes),
    delete: (name: string) => send<void>(`DELETE ${one(collection, name)}`),
  });
  const paged = <Item>(collection: string) => ({ list: () => requests.pages<Item>(`/api/v1/${collection}`) });
  const whole = <Item>(collection: string) => ({ list: () => requests.items<Item>(`/api/v1/${collection}`) });
  const repository = ({ registry, repository: name }: IndexedRepository) =>
    `${one('registries', registry)}/repositories/${encodeURIComponent(name)}`;
  return {
    request: send,
    setup: (token, user) => send('POST /api/v1/setup', { ...user, token }),
    whoami: () => send('GET /api/v1/session'),
    users: {
      ...paged<ServiceUser>('users'),
      ...things<ServiceUser, NewServiceUser, ServiceUserChanges>('users'),
      unlock: (name) => send(`POST ${one('users', name)}/unlock`),
    },
    groups: {
      ...paged<ServiceGroup>('groups'),
      ...things<ServiceGroup, unknown, never>('groups'),
      addMember: (name, account) => send(`PUT ${one('groups', name)}/members/${encodeURIComponent(account)}`),
      removeMember: (name, account) => send(`DELETE ${one('groups', name)}/members/${encodeURIComponent(account)}`),
    },
    robots: {
      ...paged<ServiceRobot>('robots'),
      ...things<ServiceRobot, NewServiceRobot, ServiceRobotChanges>('robots'),
      createToken: (name, token) => send(`POST ${one('robots', name)}/tokens`, token),
    },
    tokens: { ...whole<ServiceToken>('tokens'), ...things<IssuedServiceToken, NewServiceToken, never>('tokens') },
    grants: { ...whole<ServiceGrant>('grants'), ...things<ServiceGrant, NewServiceGrant, never>('grants') },
    visibilities: {
      ...whole<ServiceVisibility>('visibilities'),
      set: (rule) => send('PUT /api/v1/visibilities', rule),
    },
    explain: (query) => send('GET /api/v1/explain', undefined, { query }),
    audit: (query) => requests.pages('/api/v1/audit', query),
    registries: {
      ...whole<ServiceRegistry>('registries'),
      get: (name) => send(`GET ${one('registries', name)}`),
      create: (registry, wishes) => started('POST /api/v1/registries', registry, wishes),
      change: (name, changes, wishes) => started(`PATCH ${one('registries', name)}`, changes, wishes),
      delete: (name, wishes) => started(`DELETE ${one('registries', name)}`, undefined, wishes),
    },
    roles: () => requests.items('/api/v1/site/roles'),
    jobs: {
      list: (query) => requests.pages('/api/v1/jobs', query),
      get: (id) => send(`GET ${one('jobs', id)}`),
      create: (job, wishes) => started('POST /api/v1/jobs', job, wishes),
      follow: (id, signal) => followJob(requests, id, signal),
      ended: async (id, signal) => {
        const events = followJob(requests, id, signal);
        for (let turn = await events.next(); ; turn = await events.next()) if (turn.done === true) return turn.value;
      },
      cancel: (id) => send(`POST ${one('jobs', id)}/cancel`),
      retry: (id, hosts = 'failed') => send(`POST ${one('jobs', id)}/retry`, { hosts }),
      approve: (id) => send(`POST ${one('jobs', id)}/approve`),
    },
    schedules: {
      ...whole<ServiceSchedule>('schedules'),
      ...things<ServiceSchedule, NewServiceSchedule, Partial<NewServiceSchedule>>('schedules'),
      start: (id) => send(`POST ${one('schedules', id)}/start`),
    },
    jobGrants: {
      ...whole<ServiceJobGrant>('job-grants'),
      ...things<ServiceJobGrant, NewServiceJobGrant, never>('job-grants'),
    },
    images: {
      repositories: (query) => requests.pages('/api/v1/repositories', query),
      repository: (place) => send(`GET ${repository(place)}`),
      tags: (place) => requests.pages(`${repository(place)}/tags`),
      history: (place, tag) => requests.items(`${repository(place)}/tags/${encodeURIComponent(tag)}/history`),
      removeTag: (place, tag) => send(`DELETE ${repository(place)}/tags/${encodeURIComponent(tag)}`),
      removeImage: (place, digest, { withTags = false } = {}) =>
        send(`DELETE ${repository(place)}/images/${encodeURIComponent(digest)}`, undefined, { query: { withTags } }),
      removeRepository: (place) => send(`DELETE ${repository(place)}`),
      image: (place, digest) => send(`GET ${repository(place)}/images/${encodeURIComponent(digest)}`),
      search: (q) => requests.pages('/api/v1/search', { q }),
    },
  };
}
