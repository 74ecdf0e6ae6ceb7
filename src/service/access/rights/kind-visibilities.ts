import type { VisibilityRule } from './decide.js';
import type { RegistryOfKind } from './kinds.js';

/** Returns the visibilities that follow from kinds: a sponsor's repositories are public, unless a rule says otherwise. */
export function visibilitiesOfKinds(registries: readonly RegistryOfKind[]): VisibilityRule[] {
  return registries.flatMap(({ name: registry, kind }) =>
    kind === 'sponsor' ? [{ registry, path: '', visibility: 'public' as const, kind }] : [],
  );
}
