/** Names of this machine: an inventory that has one of them means it by all of them. */
export const localNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];
