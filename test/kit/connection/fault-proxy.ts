import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** Seen from the client: what it sends goes `up`, what it gets comes `down`. */
export type Direction = 'up' | 'down';

/** What a link does that fails: it ends (FIN), is torn (RST), or is silent and stays open. */
export type Fault = 'cut' | 'reset' | 'stall';

/** Where in the traffic that passes from now on; a message is what goes one way until something comes the other way. */
export type Moment =
  | { readonly direction: Direction /** As many bytes still pass. */; readonly byte: number }
  | { readonly direction: Direction /** This one, counted from 1, passes no more. */; readonly message: number };

/** What a link does that is whole and bad. */
export interface Weather {
  /** Milliseconds that everything takes each way. */
  readonly delay?: number;
  /** Bytes in a piece: whoever reads gets them one by one. */
  readonly slice?: number;
  /** Bytes a second each way. */
  readonly throttle?: number;
}

interface Link {
  readonly sockets: readonly Socket[];
  /** While it lasts nothing passes. */
  silence: Promise<void> | undefined;
  speak(): void;
}

/** A TCP proxy on loopback that does to its links what networks do. */
export class FaultProxy {
  /** Called with whatever passes, before it passes. */
  onPass: (direction: Direction, bytes: number) => void = () => {};
  /** What goes this way is swallowed, until its link ends. */
  holds: Direction | undefined;
  /** Nobody gets through any more: links that are asked for are torn at once. */
  refuses = false;
  weather: Weather = {};
  /** Links asked for. */
  links = 0;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #plan: { readonly fault: Fault; readonly at: Moment; passed: number; readonly struck: () => void } | undefined;
  #last: Direction | undefined;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.links += 1;
      if (this.refuses) return void client.resetAndDestroy();
      const server = dial({ ...target, noDelay: true, allowHalfOpen: true });
      client.setNoDelay(true);
      const link: Link = { sockets: [client, server], silence: undefined, speak: () => {} };
      this.#links.add(link);
      for (const socket of link.sockets) {
        socket.on('close', () => link.sockets.every(({ closed }) => closed) && this.#links.delete(link));
        socket.on('error', () => socket.destroy());
      }
      void this.#carry(client, server, 'up', link);
      void this.#carry(server, client, 'down', link);
    });
  }

  static async before(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
    return address.port;
  }

  /** Links that stand. */
  get standing(): number {
    return this.#links.size;
  }

  /** Does it to all links that stand, now. */
  strike(fault: Fault): void {
    for (const link of this.#links) {
      if (fault === 'stall') {
        link.silence ??= new Promise((resolve) => {
          link.speak = resolve;
        });
        continue;
      }
      for (const socket of link.sockets) {
        if (fault === 'cut') socket.destroySoon();
        else socket.resetAndDestroy();
      }
    }
  }

  /** Does it when so much has passed. @returns when it is done */
  strikeAt(fault: Fault, at: Moment): Promise<void> {
    this.#last = undefined;
    return new Promise((resolve) => {
      this.#plan = { fault, at, passed: 0, struck: resolve };
    });
  }

  /** All is well from now on: what was held back passes, no fault is planned, links are let through. */
  heal(): void {
    this.#plan = undefined;
    this.refuses = false;
    this.holds = undefined;
    this.weather = {};
    for (const link of this.#links) {
      link.silence = undefined;
      link.speak();
    }
  }

  async close(): Promise<void> {
    for (const link of this.#links) {
      for (const socket of link.sockets) socket.destroy();
      link.speak();
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #carry(from: Socket, to: Socket, direction: Direction, link: Link): Promise<void> {
    try {
      for await (const chunk of from) {
        for (const piece of pieces(chunk, this.weather.slice)) await this.#pass(piece, to, direction, link);
      }
      await link.silence;
      to.end();
    } catch {
      // It was torn: so is the other side.
      await link.silence;
      to.destroy();
    }
  }

  async #pass(piece: Buffer, to: Socket, direction: Direction, link: Link): Promise<void> {
    const { delay = 0, throttle } = this.weather;
    const wait = delay + (throttle === undefined ? 0 : (piece.length / throttle) * 1000);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.holds === direction) return;
    const passes = this.#until(piece.length, direction);
    this.onPass(direction, passes);
    await link.silence;
    if (passes > 0 && !to.destroyed) await write(to, piece.subarray(0, passes));
    if (passes === piece.length || this.#plan === undefined) return;
    const { fault, struck } = this.#plan;
    this.#plan = undefined;
    this.strike(fault);
    struck();
    await link.silence;
    if (!to.destroyed) await write(to, piece.subarray(passes));
  }

  /** How many of these bytes pass before what is planned comes. */
  #until(length: number, direction: Direction): number {
    const isNew = this.#last !== direction;
    this.#last = direction;
    const plan = this.#plan;
    if (plan === undefined || plan.at.direction !== direction) return length;
    if ('message' in plan.at) {
      if (isNew) plan.passed += 1;
      return plan.passed >= plan.at.message ? 0 : length;
    }
    const left = plan.at.byte - plan.passed;
    plan.passed += length;
    return Math.min(left, length);
  }
}

function* pieces(chunk: Buffer, size: number | undefined): Iterable<Buffer> {
  if (size === undefined) return yield chunk;
  for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
}

/** Each piece in a packet of its own, as far as that is in one's hands. */
function write(to: Socket, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    to.once('close', resolve);
    to.write(piece, () => {
      to.off('close', resolve);
      setImmediate(resolve);
    });
  });
}
