import { inflateSync } from 'node:zlib';
import { BitReader, codeTree } from './huffman.js';

/*
 * Content paths of an entitlement of version 3: words between zeros, compressed by zlib; behind them the number of the
 * nodes, and for each node its branches: code of a word, code of the node that it leads to. The empty word ends a node.
 */

/** Bytes of words at most, and nodes: a certificate has some kilobytes. */
const mostBytes = 4 << 20;
const mostNodes = 100_000;

/** Node of the tree: the nodes that each word leads to. One without a word ends a path. */
type PathNode = ReadonlyMap<string, readonly PathNode[]>;

/** Returns a test of paths against a tree; a path is covered where the tree has it, or a path above it. @throws Error */
export function readPathTree(data: Uint8Array): (words: readonly string[]) => boolean {
  const root = readTree(data);
  return (words) => {
    if (root.size === 0) return false; // One that names nothing opens nothing.
    let reached: ReadonlySet<PathNode> = new Set([root]);
    for (const word of words) {
      const next = new Set<PathNode>();
      for (const node of reached) {
        for (const [name, children] of node) {
          if (name === word || name.startsWith('$')) for (const child of children) next.add(child);
        }
      }
      reached = next;
      if ([...reached].some(({ size }) => size === 0)) return true;
    }
    return false;
  };
}

function readTree(data: Uint8Array): PathNode {
  const { buffer, engine } = inflateSync(data, { info: true, maxOutputLength: mostBytes }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  const words = codeTree(buffer.toString('utf8').split('\0'));
  const rest = data.subarray(engine.bytesWritten);
  const { count, bytes } = nodeCount(rest);
  if (count < 1 || count > mostNodes) throw new Error(`a tree of ${count} nodes`);
  const nodes = Array.from({ length: count }, () => new Map<string, PathNode[]>());
  const [root, ...others] = nodes;
  if (root === undefined) throw new Error('a tree without nodes');
  const codes = codeTree<PathNode>(others);
  const bits = new BitReader(rest.subarray(bytes));
  for (const node of nodes) {
    for (;;) {
      const word = bits.value(words)?.value;
      if (word === '') break;
      const child = bits.value(codes);
      // A node that ended too soon would end a path, and open more.
      if (word === undefined || child === undefined) throw new Error('it ends within a node');
      const known = node.get(word);
      if (known === undefined) node.set(word, [child.value]);
      else known.push(child.value);
    }
  }
  return root;
}

/** Reads the number of nodes: one byte below 128, or the number of the bytes that have it. */
function nodeCount(rest: Uint8Array): { readonly count: number; readonly bytes: number } {
  const [first] = rest;
  if (first === undefined) throw new Error('it has no nodes');
  if (first < 128) return { count: first, bytes: 1 };
  const length = first - 128;
  if (length > 4) throw new Error('a number of nodes that is too large');
  const count = rest.subarray(1, 1 + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return { count, bytes: 1 + length };
}
