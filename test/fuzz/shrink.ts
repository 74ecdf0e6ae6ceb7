/** Inputs that are tried at most to make one smaller. */
const most = 400;

/** Takes pieces out of an input, large ones first, as long as it fails in the same way. */
export async function shrunk(input: Buffer, fails: (smaller: Buffer) => Promise<boolean>): Promise<Buffer> {
  let least = input;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < least.length && tries < most; ) {
      const smaller = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      tries += 1;
      if (await fails(smaller)) least = smaller;
      else at += size;
    }
  }
  return least;
}
