import { CopyButton } from './copy-button.js';

/** Shows the beginning of a digest, and copies all of it. */
export function ShortDigest({ digest, href }: { readonly digest: string; readonly href?: string }) {
  const short = digest.replace(/^sha(\d+):/, '').slice(0, 12);
  return (
    <span class="digest">
      {href === undefined ? (
        <code title={digest}>{short}</code>
      ) : (
        <a href={href} title={digest}>
          <code>{short}</code>
        </a>
      )}
      <CopyButton text={digest} />
    </span>
  );
}
