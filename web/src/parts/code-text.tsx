/** Shows a text whose code stands between backticks, as descriptions of roles and errors have it. */
export function CodeText({ text }: { readonly text: string }) {
  const parts = text.split(/`([^`\n]+)`/);
  return <>{parts.map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}
