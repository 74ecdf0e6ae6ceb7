/** Document that is made from the code, as it is and as it should be. */
export interface MadeDocument {
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}
