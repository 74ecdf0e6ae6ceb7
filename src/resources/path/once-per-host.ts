import type { HostContext } from '../../model/resource.js';

/** Computes something once for each host: probe and plan both need what a file is to hold. */
export function oncePerHost<Result>(compute: (host: HostContext) => Result): (host: HostContext) => Result {
  const known = new WeakMap<HostContext, { readonly result: Result }>();
  return (host) => {
    const found = known.get(host) ?? { result: compute(host) };
    known.set(host, found);
    return found.result;
  };
}
