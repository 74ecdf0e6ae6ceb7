/** Whether a stream gets colour: `--color` or `--no-color`, else not with NO_COLOR (https://no-color.org), else on a terminal. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  asked: boolean | undefined,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (asked !== undefined) return asked;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
