import { useEffect, useState } from 'preact/hooks';
import type {
  RemovedServiceTag,
  ServiceImageRemoval,
  ServiceTag,
} from '../../../../../src/service-client/service-types.js';
import { imageApi, tagApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { imageHref } from '../../../kernel/references.js';
import { Confirm } from '../../../parts/forms/confirm.js';
import { useAction } from '../../../parts/forms/use-action.js';
import type { Removed } from './undo-note.js';

interface DeleteTagProps {
  readonly registry: string;
  readonly repository: string;
  /** Undefined: nothing is asked. */
  readonly tag: Pick<ServiceTag, 'name' | 'digest'> | undefined;
  readonly onClose: () => void;
  /** Sees to what is shown then. */
  readonly onDone: (removed: Removed) => void | Promise<void>;
}

/** Asks before a tag is deleted; shows the other tags of its image, which stay. */
export function DeleteTag({ registry, repository, tag, onClose, onDone }: DeleteTagProps) {
  const { t, api } = usePlace();
  const [siblings, setSiblings] = useState<readonly string[]>();
  const digest = tag?.digest;
  const name = tag?.name;
  useEffect(() => {
    setSiblings(undefined);
    if (digest === undefined) return;
    let isLeft = false;
    void api.find<ServiceImageRemoval>(imageApi(registry, repository, digest, '/removal')).then((found) => {
      if (!isLeft) setSiblings((found?.tags ?? []).filter((each) => each !== name));
    });
    return () => {
      isLeft = true;
    };
  }, [api, registry, repository, digest, name]);
  const remove = useAction(async () => {
    if (tag === undefined) return;
    const removed = await api.send<RemovedServiceTag>('DELETE', tagApi(registry, repository, tag.name));
    await onDone({ tag: tag.name, digest: removed.digest, until: removed.until });
  });
  return (
    <Confirm
      title={t('tag.delete.title', { tag: name ?? '' })}
      isOpen={tag !== undefined}
      onClose={() => {
        remove.forget();
        onClose();
      }}
      action={remove}
      confirm={t('tag.delete.submit')}
      isDangerous
    >
      <div aria-live="polite">
        {siblings === undefined ? (
          <p>{t('tag.delete.looking')}</p>
        ) : siblings.length === 0 ? (
          <p>{t('tag.delete.last')}</p>
        ) : (
          <>
            <p>{t('tag.delete.siblings', { n: siblings.length })}</p>
            <ul class="names">
              {siblings.slice(0, 50).map((each) => (
                <li key={each}>
                  <code>{each}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {digest !== undefined && (
        <p>
          <a href={imageHref(registry, repository, digest)}>{t('tag.delete.image')}</a>
        </p>
      )}
    </Confirm>
  );
}
