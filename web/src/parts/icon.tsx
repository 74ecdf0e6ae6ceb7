/** Shapes of icons, on a grid of 16. They are decoration: words stand beside them. */
const shapes = {
  overview: 'M2 8l6-5 6 5M4 7v6h8V7',
  repository: 'M3 3h10v10H3zM3 6h10M6 3v10',
  registry: 'M2 4h12v3H2zM2 9h12v3H2zM4.5 5.5h1M4.5 10.5h1',
  publication: 'M8 10V2M5 5l3-3 3 3M2 9v5h12V9',
  job: 'M3 2l10 6-10 6z',
  host: 'M2 3h12v8H2zM5 14h6M8 11v3',
  schedule: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3l2 2',
  retention: 'M3 4h10M6 4V2h4v2M4 4l1 10h6l1-10',
  access: 'M8 8a3 3 0 100-6 3 3 0 000 6zM2 14c0-3 3-4 6-4s6 1 6 4',
  webhook: 'M2 8h8M7 5l3 3-3 3M12 3v10',
  audit: 'M4 2h8v12H4zM6 5h4M6 8h4M6 11h2',
  search: 'M7 2a5 5 0 100 10A5 5 0 007 2zM11 11l3 3',
  copy: 'M5 5h8v9H5zM3 11V2h8',
  star: 'M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  warning: 'M8 2l6 11H2zM8 6v3M8 11v.5',
} as const;

export type IconName = keyof typeof shapes;

/** Draws a small icon beside words. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
