import type { Duplex } from 'node:stream';

/** More than any server says before its name. */
const most = 65_536;

/**
 * Lets a socket give what a server says up to its name (RFC 4253, 4.2) in one piece, however many packets it came in:
 * ssh2 1.17 puts together two and forgets the third.
 */
export function wholeGreeting(socket: Duplex): void {
  const { push } = socket;
  let said = Buffer.alloc(0);
  const pass = (chunk: unknown, encoding?: BufferEncoding) => push.call(socket, chunk, encoding);
  socket.push = (chunk: unknown, encoding) => {
    if (Buffer.isBuffer(chunk)) {
      said = Buffer.concat([said, chunk]);
      if (!/(^|\n)SSH-[^\n]*\n/.test(said.toString('latin1')) && said.length < most) return true;
      socket.push = push;
      return pass(said);
    }
    socket.push = push;
    if (said.length > 0) pass(said);
    return pass(chunk, encoding);
  };
}
