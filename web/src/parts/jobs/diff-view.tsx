import { usePlace } from '../../kernel/place.js';
import { lineDiff } from './line-diff.js';

/** Shows the difference of two texts: signs before the lines say it, colours help to see it. */
export function DiffView({
  label,
  before,
  after,
}: {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}) {
  const { t } = usePlace();
  return (
    <figure class="diff">
      <figcaption>
        <code>{label}</code>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <pre tabIndex={0}>
        {lineDiff(before, after).map((line, index) => {
          // biome-ignore-start lint/suspicious/noArrayIndexKey: lines have no other name, and stay where they are.
          if (line.kind === 'add') return <ins key={index}>{`+ ${line.text}\n`}</ins>;
          if (line.kind === 'remove') return <del key={index}>{`- ${line.text}\n`}</del>;
          if (line.kind === 'skip') {
            return (
              <span key={index} class="diff-skip">
                {`  … ${t('work.diff.same', { n: line.count })}\n`}
              </span>
            );
          }
          return <span key={index}>{`  ${line.text}\n`}</span>;
          // biome-ignore-end lint/suspicious/noArrayIndexKey: as above.
        })}
      </pre>
    </figure>
  );
}
