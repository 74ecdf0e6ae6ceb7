/** Bytes of a block: what is read from a file, or written to one, at once. */
const blockSize = 512 * 1024;

/** The same while many transfers are under way: clients that stall would each hold a megabyte. */
const smallBlock = 32 * 1024;
/** Transfers at a time whose blocks are large. */
const mostLarge = 64;

const mostIdle = 16;

/** Blocks that nobody uses just now. Making one for each read would leave more garbage than all else together. */
const idle: Buffer[] = [];

let underWay = 0;

/** Does a transfer with two blocks: one is filled while the other is on its way. They are used again after one that went well. */
export async function withBlocks<Value>(transfer: (blocks: [Buffer, Buffer]) => Promise<Value>): Promise<Value> {
  underWay += 1;
  try {
    const blocks: [Buffer, Buffer] = [takeBlock(), takeBlock()];
    const value = await transfer(blocks);
    for (const block of blocks) if (idle.length < mostIdle && block.length === blockSize) idle.push(block);
    return value; // Not after an error: the connection may still read from one.
  } finally {
    underWay -= 1;
  }
}

function takeBlock(): Buffer {
  if (underWay > mostLarge) return Buffer.allocUnsafeSlow(smallBlock);
  return idle.pop() ?? Buffer.allocUnsafeSlow(blockSize);
}
