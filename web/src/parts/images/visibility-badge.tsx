import { usePlace } from '../../kernel/place.js';
import { Badge } from '../badge.js';

/** Visibility of repositories. */
export type Visibility = 'public' | 'internal' | 'private';

/** Says who sees a repository without a role. */
export function VisibilityBadge({ visibility }: { readonly visibility: Visibility }) {
  const { t } = usePlace();
  return (
    <Badge tone={visibility === 'public' ? 'good' : visibility === 'internal' ? 'busy' : 'plain'}>
      {t(`visibility.${visibility}`)}
    </Badge>
  );
}
