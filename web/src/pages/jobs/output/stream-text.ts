/** Event of a stream, as text. */
export interface StreamedEvent {
  /** Its number; 0: it has none. */
  readonly id: number;
  /** Empty: an event of the job. */
  readonly kind: string;
  readonly data: string;
}

/** Text of a stream of events (SSE), as it comes in pieces that end anywhere. */
export class StreamText {
  #text = '';
  #at = 0;

  add(piece: string): void {
    this.#text = this.#text.slice(this.#at) + piece;
    this.#at = 0;
  }

  /** Takes the next event; undefined: no more is there whole. Comments, and what has no data, are passed over. */
  next(): StreamedEvent | undefined {
    for (;;) {
      const end = this.#text.indexOf('\n\n', this.#at);
      if (end < 0) return undefined;
      const block = this.#text.slice(this.#at, end);
      this.#at = end + 2;
      const event = eventOf(block);
      if (event.data !== '') return event;
    }
  }
}

function eventOf(block: string): StreamedEvent {
  let [id, kind, data] = [0, '', ''];
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data = line.slice(6);
    else if (line.startsWith('id: ')) id = Number(line.slice(4));
    else if (line.startsWith('event: ')) kind = line.slice(7);
  }
  return { id, kind, data };
}
