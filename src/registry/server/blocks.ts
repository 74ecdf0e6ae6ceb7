/** Bytes of a block: what is read from a file, or written to one, at once. */
export const blockSize = 512 * 1024;

const mostIdle = 16;

/** Blocks that nobody uses just now. Making one for each read would leave more garbage than all else together. */
const idle: Buffer[] = [];

/** A block to fill; whoever has no more use for it gives it back. */
export function takeBlock(): Buffer {
  return idle.pop() ?? Buffer.allocUnsafeSlow(blockSize);
}

/** Nothing may read or write it any more. */
export function giveBack(blocks: readonly Buffer[]): void {
  for (const block of blocks) if (idle.length < mostIdle) idle.push(block);
}
