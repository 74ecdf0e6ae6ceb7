import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Height of a row in pixels, as the style sheet has it. */
const rowHeight = 24;
/** Rows above and below what is seen that are there: for keys, and for fast scrolling. */
const beyond = 15;

interface RowWindowProps {
  readonly label: string;
  /** Number of all rows. */
  readonly total: number;
  readonly rows: (
    start: number,
    count: number,
  ) => readonly { readonly key: string; readonly content: ComponentChildren }[];
  /** True: the end stays in view as rows are added. */
  readonly isFollowing: boolean;
  readonly onFollowing: (isFollowing: boolean) => void;
}

/** List of rows of one height, of which only those in view are in the document. */
export function RowWindow({ label, total, rows, isFollowing, onFollowing }: RowWindowProps) {
  const frame = useRef<HTMLElement>(null);
  const space = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const former = useRef(0);
  const start = Math.min(Math.max(0, Math.floor(view.top / rowHeight) - beyond), Math.max(0, total - 1));
  const count = Math.ceil(view.height / rowHeight) + 2 * beyond;

  // Set by script alone: the policy of the page allows no styles in what the service sends.
  useLayoutEffect(() => {
    if (space.current !== null) space.current.style.height = `${total * rowHeight}px`;
    if (list.current !== null) list.current.style.top = `${start * rowHeight}px`;
  }, [total, start]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    if (isFollowing) element.scrollTop = element.scrollHeight;
    look(element);
  }, [total, isFollowing]);

  const look = (element: HTMLElement) => {
    const { scrollTop: top, clientHeight: height } = element;
    setView((now) => (now.top === top && now.height === height ? now : { top, height }));
  };
  const scrolled = (element: HTMLElement) => {
    const isUp = element.scrollTop < former.current - 1;
    former.current = element.scrollTop;
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight / 2;
    if (isUp && !isAtEnd && isFollowing) onFollowing(false);
    if (isAtEnd && !isUp && !isFollowing && element.scrollHeight > element.clientHeight) onFollowing(true);
    look(element);
  };
  return (
    <section
      ref={frame}
      class="output-frame"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
      tabIndex={0}
      onScroll={({ currentTarget }) => scrolled(currentTarget)}
    >
      <div ref={space} class="output-space">
        <ol ref={list} class="output-rows">
          {rows(start, count).map(({ key, content }, index) => (
            <li key={key} aria-posinset={start + index + 1} aria-setsize={total}>
              {content}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
