/** Returns the paths of rights that mean a repository: of `a/b/c`, itself, `a/b/`, `a/` and the empty one. */
export function pathsAbout(repository: string): string[] {
  const parts = repository.split('/');
  return [...parts.keys()]
    .map((count) =>
      parts
        .slice(0, count)
        .map((part) => `${part}/`)
        .join(''),
    )
    .concat(repository);
}
