import { useState } from 'preact/hooks';
import { usePlace } from '../kernel/place.js';
import { Icon } from './icon.js';

/** Button that copies a text. Where the browser won't, the text is selected to be copied by hand. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t, say } = usePlace();
  const [isCopied, setCopied] = useState(false);
  const copy = async (button: HTMLElement) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const words = button.parentElement?.querySelector('code');
      if (words) getSelection()?.selectAllChildren(words);
      say(t('copy.by-hand'));
      return;
    }
    setCopied(true);
    say(t('copy.done'));
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <button type="button" class="copy" title={text} onClick={({ currentTarget }) => void copy(currentTarget)}>
      <Icon name="copy" />
      <span class={label === undefined ? 'visually-hidden' : undefined}>
        {isCopied ? t('copy.done') : (label ?? t('copy.label'))}
      </span>
    </button>
  );
}
