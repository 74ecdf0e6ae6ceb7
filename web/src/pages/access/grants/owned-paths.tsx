import type { ServiceAccountRights } from '../../../../../src/service-client/service-types.js';
import { apiQuery } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { PathWords } from './grant-words.js';

/** Path that an account owns: there it says who may do what. */
export interface OwnedPath {
  readonly registry: string;
  readonly path: string;
}

/** Returns the paths that an account owns. */
export function ownedPaths(rights: ServiceAccountRights | undefined): OwnedPath[] {
  const owned = (rights?.grants ?? []).filter(({ role }) => role === 'owner');
  const keys = new Map(owned.map(({ registry, path }) => [`${registry} ${path}`, { registry, path }]));
  return [...keys.values()];
}

/** Leads to the rights of each path that the reader owns. */
export function OwnedPaths({ paths, area }: { readonly paths: readonly OwnedPath[]; readonly area: string }) {
  const { t } = usePlace();
  if (paths.length === 0) return null;
  return (
    <p>
      {t('access.you-own')}{' '}
      {paths.map(({ registry, path }) => (
        <span key={`${registry} ${path}`}>
          <a href={`${area}${apiQuery({ registry, path })}`}>
            <PathWords path={path} />
          </a>{' '}
        </span>
      ))}
    </p>
  );
}
