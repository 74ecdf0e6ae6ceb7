import { useState } from 'preact/hooks';
import type {
  RemovedServiceImages,
  ServiceImage,
  ServiceImageRemoval,
} from '../../../../src/service-client/service-types.js';
import { imageApi } from '../../kernel/api/api-paths.js';
import { usePlace } from '../../kernel/place.js';
import { repositoryHref } from '../../kernel/references.js';
import { Check } from '../../parts/fields/check.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { DeleteTag } from '../repositories/removal/delete-tag.js';
import type { ImagePlace } from './image-data.js';
import { ImageRemovalPreview } from './image-removal-preview.js';

interface DeleteImageProps {
  readonly place: ImagePlace;
  readonly tag: string | undefined;
  readonly image: ServiceImage;
}

/** Deletes an image, or only its tag, after it has shown what goes along. */
export function DeleteImage({ place: { registry, repository }, tag, image: { digest } }: DeleteImageProps) {
  const { t, api, go, say } = usePlace();
  const [isOpen, setOpen] = useState(false);
  const [isTagOpen, setTagOpen] = useState(false);
  const [isForGood, setForGood] = useState(false);
  const [preview, setPreview] = useState<ServiceImageRemoval>();
  const look = useAction(async () => {
    setPreview(undefined);
    setPreview(await api.get<ServiceImageRemoval>(imageApi(registry, repository, digest, '/removal')));
  });
  const remove = useAction(async () => {
    const query = `?withTags=true&forGood=${isForGood}`;
    await api.send<RemovedServiceImages>('DELETE', imageApi(registry, repository, digest, query));
    say(t('image.deleted'));
    const isEmpty = preview?.lastOfRepository === true;
    go(isEmpty ? '/repositories' : `${repositoryHref(registry, repository)}${isForGood ? '' : '?tab=removed'}`);
  });
  return (
    <section aria-labelledby="delete">
      <h2 id="delete">{t('image.delete')}</h2>
      <p class="actions">
        {tag !== undefined && (
          <button type="button" aria-haspopup="dialog" onClick={() => setTagOpen(true)}>
            {t('image.delete-tag', { tag })}
          </button>
        )}
        <button
          type="button"
          class="danger"
          aria-haspopup="dialog"
          onClick={() => {
            setOpen(true);
            void look.run();
          }}
        >
          {t('image.delete-image')}
        </button>
      </p>
      <Confirm
        title={t('image.delete.title')}
        isOpen={isOpen}
        onClose={() => {
          remove.forget();
          setOpen(false);
        }}
        action={remove}
        confirm={t('image.delete.submit')}
        isDangerous
        isBlocked={preview?.allowed !== true}
      >
        <div aria-live="polite">
          {look.isBusy && <p>{t('bulk.looking')}</p>}
          <ProblemNote problem={look.problem} />
          {preview !== undefined && <ImageRemovalPreview place={{ registry, repository }} preview={preview} />}
        </div>
        <Check
          label={t('image.delete.for-good')}
          hint={t('image.delete.for-good.hint')}
          isChecked={isForGood}
          onChange={setForGood}
        />
      </Confirm>
      <DeleteTag
        registry={registry}
        repository={repository}
        tag={isTagOpen && tag !== undefined ? { name: tag, digest } : undefined}
        onClose={() => setTagOpen(false)}
        onDone={() => go(`${repositoryHref(registry, repository)}?tab=removed`)}
      />
    </section>
  );
}
