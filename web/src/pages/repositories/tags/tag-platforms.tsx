import type { ServiceTag } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { imageHref } from '../../../kernel/references.js';
import { Badge } from '../../../parts/badge.js';
import { Bytes } from '../../../parts/bytes.js';
import { ShortDigest } from '../../../parts/digest.js';

/** Platforms that stand in a row; the others are in what opens. */
const shown = 3;

/** Shows the platforms of a tag; those of an index open to their digests and sizes. */
export function TagPlatforms({
  tag: { platforms, platform },
  registry,
  repository,
}: {
  readonly tag: Pick<ServiceTag, 'platforms' | 'platform'>;
  readonly registry: string;
  readonly repository: string;
}) {
  const { t } = usePlace();
  if (platforms.length < 2) {
    const only = platforms[0]?.platform || platform;
    return only === '' ? <span class="muted">–</span> : <Badge>{only}</Badge>;
  }
  const names = [...new Set(platforms.map((each) => each.platform || t('tags.unknown-platform')))];
  return (
    <details class="platforms">
      <summary>
        {names.slice(0, shown).map((name) => (
          <Badge key={name}>{name}</Badge>
        ))}
        {names.length > shown && <span class="muted">{t('tags.more-platforms', { n: names.length - shown })}</span>}
      </summary>
      <ul>
        {platforms.map(({ platform: name, digest, bytes }) => (
          <li key={digest}>
            {name || t('tags.unknown-platform')} <Bytes value={bytes} />{' '}
            <ShortDigest digest={digest} href={imageHref(registry, repository, digest)} />
          </li>
        ))}
      </ul>
    </details>
  );
}
