/**
 * Returns true for a stream that gets colour: `--color` or `--no-color` decide, else NO_COLOR (https://no-color.org),
 * else whether it is a terminal.
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  asked: boolean | undefined,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (asked !== undefined) return asked;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
