import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { ProblemNote } from '../problem-note.js';
import type { Action } from './use-action.js';

interface ConfirmProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly action: Action<readonly []>;
  /** Words of the button that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** True: there is something to see to first. */
  readonly isBlocked?: boolean;
  readonly children?: ComponentChildren;
}

/** Asks before something is done, with what it means; closes when it was done. */
export function Confirm({
  title,
  isOpen,
  onClose,
  action,
  confirm,
  isDangerous = false,
  isBlocked = false,
  children,
}: ConfirmProps) {
  const { t } = usePlace();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      {isOpen && (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void action.run().then((isDone) => isDone && onClose());
          }}
        >
          <h2 id={id}>{title}</h2>
          {children}
          <ProblemNote problem={action.problem} />
          <p class="actions">
            <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={action.isBusy || isBlocked}>
              {confirm}
            </button>
            <button type="button" onClick={onClose}>
              {t('confirm.cancel')}
            </button>
          </p>
        </form>
      )}
    </dialog>
  );
}
