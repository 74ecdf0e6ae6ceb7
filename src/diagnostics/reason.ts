/** Returns the reason for which a system call failed: `no such file or directory`, without the call and the path. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const match = code === undefined ? null : new RegExp(`^${code}: ([^,]+)`).exec(error.message);
  return match?.[1] ?? error.message;
}
