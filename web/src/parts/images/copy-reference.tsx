import { useEffect, useId, useRef } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { referenceOf } from '../../kernel/references.js';
import { CopyButton } from '../copy-button.js';

/** Image by its tag and its digest, as clients are told of it. */
export interface CopiedImage {
  /** Address of its registry. */
  readonly address: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string;
}

/** Returns what can be copied of an image: by its tag, then by its digest; bare, then for clients. */
export function commandsOf({ address, repository, tag, digest }: CopiedImage): string[] {
  return [tag, digest].flatMap((end) => {
    if (end === undefined) return [];
    const reference = referenceOf(address, repository, end);
    return [reference, `docker pull ${reference}`, `podman pull ${reference}`];
  });
}

/** Lists what can be copied of an image, each with its button. */
export function CopyCommands({ image }: { readonly image: CopiedImage }) {
  return (
    <ul class="commands">
      {commandsOf(image).map((command) => (
        <li key={command} class="command">
          <code>{command}</code> <CopyButton text={command} />
        </li>
      ))}
    </ul>
  );
}

/** Window that lists what can be copied of an image. Undefined: it is closed. */
export function CopyReference({
  image,
  onClose,
}: {
  readonly image: CopiedImage | undefined;
  readonly onClose: () => void;
}) {
  const { t } = usePlace();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (image !== undefined && dialog.current?.open === false) dialog.current.showModal();
    if (image === undefined) dialog.current?.close();
  }, [image]);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      {image !== undefined && (
        <>
          <h2 id={id}>
            {t('copy.reference', { name: `${image.repository}${image.tag === undefined ? '' : `:${image.tag}`}` })}
          </h2>
          <CopyCommands image={image} />
          <p class="actions">
            <button type="button" onClick={onClose}>
              {t('copy.close')}
            </button>
          </p>
        </>
      )}
    </dialog>
  );
}
