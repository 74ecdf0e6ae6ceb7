import type { ComponentChildren } from 'preact';
import { findPage } from './kernel/load-page.js';
import { usePlace } from './kernel/place.js';
import type { PageState } from './kernel/state.js';
import { Frame } from './parts/frame/frame.js';
import { RefusedPage } from './parts/frame/refused-page.js';

/** Shows a page in its frame. */
export function App({ content }: Pick<PageState, 'content'>) {
  const { url } = usePlace();
  const found = findPage(url);
  let inside: ComponentChildren;
  if ('problem' in content || found === undefined) {
    inside = <RefusedPage problem={'problem' in content ? content.problem : undefined} />;
  } else {
    const { View } = found.value;
    // A key of its own for each path: what was opened on one page is not open on the next.
    inside = <View key={url.split('?')[0]} data={content.data} params={found.params} query={found.query} />;
  }
  return <Frame>{inside}</Frame>;
}
