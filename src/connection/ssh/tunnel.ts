import { Duplex } from 'node:stream';

/**
 * Wraps a channel of ssh so that it behaves as a socket. It closes when the other side has ended and everything has been
 * read, also while nobody reads. A kept connection to a server that was restarted would wait for ever otherwise.
 */
export function tunnelOver(channel: Duplex): Duplex {
  const tunnel = new Duplex({
    allowHalfOpen: false,
    read: () => void channel.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (channel.write(chunk)) done();
      else channel.once('drain', () => done());
    },
    final(done) {
      channel.end();
      done();
    },
    destroy(error, done) {
      channel.destroy();
      done(error);
    },
  });
  channel.on('data', (chunk: Buffer) => {
    if (!tunnel.push(chunk)) channel.pause();
  });
  channel.once('end', () => {
    tunnel.push(null);
    if (tunnel.readableLength === 0) tunnel.destroy();
  });
  channel.once('error', (error) => tunnel.destroy(error));
  channel.once('close', () => {
    if (tunnel.readableLength === 0) tunnel.destroy();
  });
  return tunnel;
}
