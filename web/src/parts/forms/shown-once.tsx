import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { CopyButton } from '../copy-button.js';

interface ShownOnceProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Shows a secret that is never shown again. It is in this window's memory alone until it is put away. */
export function ShownOnce({ title, secret, onClose, children }: ShownOnceProps) {
  const { t } = usePlace();
  const note = useRef<HTMLElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <section ref={note} class="note note-good" tabIndex={-1} aria-label={title}>
      <p>
        <strong>{title}</strong> {t('settings.shown-once')}
      </p>
      <p class="command">
        <code class="secret">{secret}</code> <CopyButton text={secret} label={t('copy.label')} />
      </p>
      {children}
      <p class="actions">
        <button type="button" onClick={onClose}>
          {t('settings.put-away')}
        </button>
      </p>
    </section>
  );
}
