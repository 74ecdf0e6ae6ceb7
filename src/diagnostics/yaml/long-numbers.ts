import { type Document, visit } from 'yaml';

/**
 * Keeps whole numbers that JavaScript cannot hold (beyond 2^53) as text, in all of their digits: account numbers and
 * serial numbers would become others.
 */
export function keepLongNumbers(document: Document): void {
  visit(document, {
    Scalar: (_, scalar) => {
      const { value, source } = scalar;
      if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
      const [, sign = '', digits = ''] = /^([-+]?)(\d+|0x[\da-fA-F]+|0o[0-7]+)$/.exec(source ?? '') ?? [];
      if (digits !== '') scalar.value = `${sign === '-' ? '-' : ''}${BigInt(digits)}`;
    },
  });
}
