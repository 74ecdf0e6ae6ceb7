/** Line with a secret, in the parts before and behind all of its secrets. */
interface Pattern {
  readonly start: string;
  readonly end: string;
}

interface Node {
  readonly next: Map<string, Node>;
  /** Ends of the patterns with this start, read backwards. */
  ends?: Node;
  /** Set where a pattern is complete. */
  pattern?: Pattern;
}

/**
 * Lines with secrets, by which their former versions are found: those begin and end as they do. A line is read once from
 * either side, however many patterns there are.
 */
export class FormerLines {
  readonly #root: Node = { next: new Map() };
  /** Characters read so far, by which tests count the work. */
  steps = 0;

  add(start: string, end: string): void {
    const node = this.#insert(this.#root, start);
    node.ends ??= { next: new Map() };
    this.#insert(node.ends, reversed(end)).pattern ??= { start, end };
  }

  /** Returns the most similar pattern that a line may be a former version of. */
  find(line: string): Pattern | undefined {
    let best: Pattern | undefined;
    let node: Node | undefined = this.#root;
    for (let at = 0; node !== undefined; at += 1) {
      best = (node.ends && this.#findEnd(node.ends, line, at)) ?? best;
      if (at === line.length) break;
      this.steps += 1;
      node = node.next.get(line.charAt(at));
    }
    return best;
  }

  #findEnd(ends: Node, line: string, from: number): Pattern | undefined {
    let best: Pattern | undefined;
    let node: Node | undefined = ends;
    for (let at = line.length - 1; node !== undefined; at -= 1) {
      best = node.pattern ?? best;
      if (at < from) break;
      this.steps += 1;
      node = node.next.get(line.charAt(at));
    }
    return best;
  }

  #insert(root: Node, text: string): Node {
    let node = root;
    for (let at = 0; at < text.length; at += 1) {
      const next: Node = node.next.get(text.charAt(at)) ?? { next: new Map() };
      node.next.set(text.charAt(at), next);
      node = next;
    }
    return node;
  }
}

function reversed(text: string): string {
  let back = '';
  for (let at = text.length - 1; at >= 0; at -= 1) back += text.charAt(at);
  return back;
}
