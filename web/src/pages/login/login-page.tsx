import { definePage } from '../../kernel/page.js';
import { LoginForm } from '../../parts/frame/login-form.js';
import type { LoginMethods } from './login-methods.js';

/** Page that logs in, by a password or at the provider. */
export const loginPage = definePage<LoginMethods>({
  title: (_, t) => t('login.title'),
  load: async ({ api }) => await api.get<LoginMethods>('/api/v1/login-methods'),
  View: ({ data, query }) => <LoginForm next={ownPath(query.get('next'))} methods={data} />,
});

/** Returns a path of this service; the overview's where it leads elsewhere. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !/^\/(login|setup)\b/.test(next) ? next : '/';
}
