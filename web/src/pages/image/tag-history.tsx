import { useState } from 'preact/hooks';
import type { RestoredServiceTag, ServiceTagMove } from '../../../../src/service-client/service-types.js';
import { tagApi } from '../../kernel/api/api-paths.js';
import { usePlace } from '../../kernel/place.js';
import { imageHref } from '../../kernel/references.js';
import { Age } from '../../parts/age.js';
import { ShortDigest } from '../../parts/digest.js';
import { focusLater } from '../../parts/focus-later.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import type { ImagePlace } from './image-data.js';

interface TagHistoryProps {
  readonly place: ImagePlace;
  readonly tag: string;
  /** Image that the tag leads to now. */
  readonly digest: string;
  readonly moves: readonly ServiceTagMove[];
  readonly mayRevert: boolean;
}

/** Shows what a tag was before, and takes it back there. */
export function TagHistory({ place: { registry, repository }, tag, digest, moves, mayRevert }: TagHistoryProps) {
  const { t, api, reload, say } = usePlace();
  const [wanted, setWanted] = useState<string>();
  const revert = useAction(async () => {
    await api.send<RestoredServiceTag>('POST', tagApi(registry, repository, tag, '/revert'), { digest: wanted });
    await reload();
    say(t('history.reverted', { tag }));
    focusLater();
  });
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t('history.title', { tag })}</h2>
      <ol class="rows">
        {moves.map((move, index) => (
          <li key={index}>
            <Age at={move.at} /> {t(`history.cause.${move.cause}`)} {move.by !== '' && t('tags.by', { name: move.by })}{' '}
            {move.digest !== null && (
              <ShortDigest digest={move.digest} href={imageHref(registry, repository, move.digest)} />
            )}{' '}
            {move.digest !== null && move.digest === digest && <span class="muted">{t('history.now')}</span>}
            {mayRevert && move.digest !== null && move.digest !== digest && (
              <button type="button" aria-haspopup="dialog" onClick={() => setWanted(move.digest ?? undefined)}>
                {t('history.revert')}
                <span class="visually-hidden"> {move.digest}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
      <Confirm
        title={t('history.revert.title', { tag })}
        isOpen={wanted !== undefined}
        onClose={() => {
          revert.forget();
          setWanted(undefined);
        }}
        action={revert}
        confirm={t('history.revert')}
      >
        <p>{t('history.revert.text')}</p>
        <p>
          <code>{wanted}</code>
        </p>
      </Confirm>
    </section>
  );
}
