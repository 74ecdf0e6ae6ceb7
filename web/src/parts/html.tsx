/** Shows HTML that the API has made of Markdown and sanitised. Nothing else may come here. */
export function Html({ html }: { readonly html: string }) {
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
