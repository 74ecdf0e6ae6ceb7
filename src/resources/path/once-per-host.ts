import type { HostContext } from '../../model/resource.js';

/** Memoizes a function of a host: probe and plan both need the wanted content of a file. */
export function oncePerHost<Result>(compute: (host: HostContext) => Result): (host: HostContext) => Result {
  const known = new WeakMap<HostContext, { readonly result: Result }>();
  return (host) => {
    const found = known.get(host) ?? { result: compute(host) };
    known.set(host, found);
    return found.result;
  };
}
