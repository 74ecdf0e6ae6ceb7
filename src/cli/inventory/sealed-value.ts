/** A value that stands encrypted in an inventory, and is not opened: its name and place can be shown without it. */
export class SealedValue {
  constructor(readonly ciphertext: string) {}
}
