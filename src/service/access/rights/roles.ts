/** Actions on a repository. */
export const actions = ['see', 'pull', 'push', 'delete', 'manage'] as const;
/** `see`: its name and tags; `manage`: who may do what, and how visible it is. */
export type RepositoryAction = (typeof actions)[number];

/** Roles, each with what the ones before it may. */
export const roles = ['viewer', 'puller', 'pusher', 'maintainer', 'owner'] as const;
export type RepositoryRole = (typeof roles)[number];

const actionsByRole: Readonly<Record<RepositoryRole, readonly RepositoryAction[]>> = {
  viewer: ['see'],
  puller: ['see', 'pull'],
  pusher: ['see', 'pull', 'push'],
  maintainer: ['see', 'pull', 'push', 'delete'],
  owner: actions,
};

/** Returns the actions of a role. */
export function actionsOfRole(role: RepositoryRole): readonly RepositoryAction[] {
  return actionsByRole[role];
}

/** `public`: everybody may pull, `internal`: every account, `private`: whoever has a role. */
export const visibilities = ['public', 'internal', 'private'] as const;
export type Visibility = (typeof visibilities)[number];
