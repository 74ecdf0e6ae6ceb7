import type { Duplex } from 'node:stream';

/** Bytes that are more than any server sends before its name. */
const most = 16_384;
const named = /(^|\n)SSH-[^\n]*\n/;

/**
 * Makes a socket deliver everything up to the server's name (RFC 4253, 4.2) in one piece. It may come in many packets;
 * ssh2 1.17 joins two and loses the third.
 *
 * @returns what the server has said before its name, or instead of it
 */
export function wholeGreeting(socket: Duplex): () => string {
  const { push } = socket;
  // Through a jump host, the name may have arrived together with the message that the channel is open.
  const early: unknown = socket.readableLength > 0 ? socket.read() : undefined;
  let greeting = Buffer.isBuffer(early) ? early : Buffer.alloc(0);
  if (named.test(greeting.toString('latin1'))) {
    socket.unshift(greeting);
    return () => beforeName(greeting);
  }
  const pass = (chunk: unknown, encoding?: BufferEncoding) => push.call(socket, chunk, encoding);
  socket.push = (chunk: unknown, encoding) => {
    if (Buffer.isBuffer(chunk)) {
      greeting = Buffer.concat([greeting, chunk]);
      if (!named.test(greeting.toString('latin1')) && greeting.length < most) return true;
      socket.push = push;
      return pass(greeting);
    }
    socket.push = push;
    if (greeting.length > 0) pass(greeting);
    return pass(chunk, encoding);
  };
  return () => beforeName(greeting);
}

function beforeName(greeting: Buffer): string {
  const text = greeting.toString('utf8');
  return text.slice(0, named.exec(text)?.index).trim();
}
