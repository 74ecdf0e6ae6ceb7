import type { ControllerFiles } from './resource.js';

/** Way to a part of a resource's parameters. */
type ParamsPath = readonly (string | number)[];

/**
 * Renderer of the parameters that a site gives a resource. A value that isn't known yet (a fact, a registered result)
 * comes as an object to be handed on as it is. After an error a value is undefined: the error is reported at its place,
 * and the whole rendering is discarded.
 */
export interface ParamsRenderer {
  readonly files: ControllerFiles;
  /** Fills in the templates of a value, however deep they are in it. @param path way to it; default: all parameters */
  value(written: unknown, path?: ParamsPath): unknown;
  /** Evaluates a condition as under `when`: true, false, or not known yet. */
  condition(written: string, path: ParamsPath): unknown;
  /** Returns the value of a variable; undefined where the host has none of that name. @param path the part that needs it */
  variable(name: string, path: ParamsPath): unknown;
}
