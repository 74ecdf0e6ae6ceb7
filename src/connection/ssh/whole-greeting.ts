import type { Duplex } from 'node:stream';

/** More than any server says before its name. */
const most = 16_384;
const named = /(^|\n)SSH-[^\n]*\n/;

/**
 * Lets a socket give what a server says up to its name (RFC 4253, 4.2) in one piece, however many packets it came in:
 * ssh2 1.17 puts together two and forgets the third.
 */
export function wholeGreeting(socket: Duplex): void {
  const { push } = socket;
  // Of a channel through a jump host, the name may be here already: it comes with the word that the channel is open.
  const early: unknown = socket.readableLength > 0 ? socket.read() : undefined;
  let said = Buffer.isBuffer(early) ? early : Buffer.alloc(0);
  if (named.test(said.toString('latin1'))) {
    socket.unshift(said);
    return;
  }
  const pass = (chunk: unknown, encoding?: BufferEncoding) => push.call(socket, chunk, encoding);
  socket.push = (chunk: unknown, encoding) => {
    if (Buffer.isBuffer(chunk)) {
      said = Buffer.concat([said, chunk]);
      if (!named.test(said.toString('latin1')) && said.length < most) return true;
      socket.push = push;
      return pass(said);
    }
    socket.push = push;
    if (said.length > 0) pass(said);
    return pass(chunk, encoding);
  };
}
