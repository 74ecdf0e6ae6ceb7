/** Path of a job's page. */
export function jobHref(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

/** Path of a host's page. */
export function hostHref(name: string): string {
  return `/hosts/${encodeURIComponent(name)}`;
}

/** Path of a registry's page. */
export function registryHref(name: string): string {
  return `/registries/${encodeURIComponent(name)}`;
}

/** Path of a publication's page. */
export function publicationHref({ vendor, app }: { readonly vendor: string; readonly app: string }): string {
  return `/publications/${encodeURIComponent(vendor)}/${app.split('/').map(encodeURIComponent).join('/')}`;
}

/** Path of the page that changes a schedule. */
export function scheduleHref(id: string): string {
  return `/schedules/${encodeURIComponent(id)}`;
}
