import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { TextField } from '../fields/text-field.js';
import { focusLater } from '../focus-later.js';
import { Confirm } from './confirm.js';
import { useAction } from './use-action.js';

interface ConfirmButtonProps {
  /** Words of the button. */
  readonly label: string;
  /** Thing that it is about, for readers who listen: there may be such a button in each row. */
  readonly about?: string;
  /** Question that is asked. */
  readonly title: string;
  /** Words of the button that does it. Default: those of the first. */
  readonly confirm?: string;
  /** Words that say that it was done. */
  readonly done: string;
  /** Does it, and shows what is different then. */
  readonly work: () => Promise<unknown>;
  /** Text that has to be typed before. */
  readonly typed?: string;
  readonly isDangerous?: boolean;
  readonly children?: ComponentChildren;
}

/** Button that asks before it does something that can't be taken back. */
export function ConfirmButton({
  label,
  about,
  title,
  confirm = label,
  done,
  work,
  typed,
  isDangerous = true,
  children,
}: ConfirmButtonProps) {
  const { t, say } = usePlace();
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const action = useAction(async () => {
    await work();
    say(done);
    focusLater(headingIfLost);
  });
  return (
    <>
      <button
        type="button"
        class={isDangerous ? 'danger' : undefined}
        onClick={() => {
          setText('');
          action.forget();
          setOpen(true);
        }}
      >
        {label}
        {about !== undefined && <span class="visually-hidden"> {about}</span>}
      </button>
      <Confirm
        title={title}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        action={action}
        confirm={confirm}
        isDangerous={isDangerous}
        isBlocked={typed !== undefined && text !== typed}
      >
        {children}
        {typed !== undefined && (
          <TextField
            label={t('settings.type-name', { name: typed })}
            name="typed"
            value={text}
            onValue={setText}
            autocomplete="off"
            autocapitalize="none"
          />
        )}
      </Confirm>
    </>
  );
}

/** Returns the page's heading where what had the focus is gone. */
function headingIfLost(): HTMLElement | null {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body ? document.querySelector('h1') : null;
}
