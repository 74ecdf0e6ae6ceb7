import { describe, expect, it } from 'vitest';
import { planFrom } from '../../test/kit/converge-locally.js';
import { group } from './accounts/group.js';
import { user } from './accounts/user.js';

const scriptOf = (plan: ReturnType<typeof planFrom>) =>
  plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : plan.verdict;

describe('group', () => {
  it.each([
    [group({ name: 'g' }), '', 'groupadd g'],
    [group({ name: 'g', gid: 7, system: true }), '', 'groupadd -r -g 7 g'],
    [group({ name: 'g', gid: 7 }), 'group g:x:7:\n', 'ok'],
    [group({ name: 'g', gid: 8 }), 'group g:x:7:\n', 'kept'],
    [group({ name: 'g', gid: 8, force: true }), 'group g:x:7:\n', 'groupmod -g 8 g'],
    [group({ name: 'g', state: 'absent' }), 'group g:x:7:\n', 'groupdel g'],
    [group({ name: 'g', state: 'absent' }), '', 'ok'],
  ])('%#', (task, listed, script) => {
    expect(scriptOf(planFrom(task, `${listed}end\n`))).toBe(script);
  });
});

describe('user', () => {
  const there = "user u:x:1000:1000:It's me:/home/u:/bin/sh\nmain u\nall u adm\n";
  it.each([
    [user({ name: 'u' }), '', 'useradd -m u'],
    [user({ name: 'u' }), 'group u:x:7:\n', 'useradd -m -g u u'],
    [user({ name: 'u', group: 'g' }), 'group u:x:7:\n', 'useradd -m -g g u'],
    [
      user({ name: 'u', system: true, uid: 7, group: 'g', groups: ['a', 'b'], home: '/srv/u v', shell: '/bin/sh' }),
      '',
      "useradd -M -r -u 7 -g g -G a,b -d '/srv/u v' -s /bin/sh u",
    ],
    [
      user({ name: 'u', uid: 1000, groups: ['adm'], home: '/home/u', shell: '/bin/sh', comment: "It's me" }),
      there,
      'ok',
    ],
    [user({ name: 'u', groups: ['adm', 'docker'], shell: '/bin/bash' }), there, 'usermod -s /bin/bash -a -G docker u'],
    [user({ name: 'u', uid: 7 }), there, 'kept'],
    [user({ name: 'u', uid: 7, force: true }), there, 'usermod -u 7 u'],
    [user({ name: 'u', state: 'absent' }), there, 'userdel u'],
  ])('%#', (task, listed, script) => {
    expect(scriptOf(planFrom(task, `${listed}end\n`))).toBe(script);
  });

  it('is refused what would end a field of /etc/passwd', () => {
    for (const wrong of [{ home: '/srv/a:b' }, { shell: '/bin/a:b' }, { comment: 'a\nb' }, { comment: 'a\tb' }])
      expect(user.params.safeParse({ name: 'u', ...wrong }).success).toBe(false);
  });

  it('mends the rest while another number is kept', () => {
    expect(planFrom(user({ name: 'u', uid: 7, shell: '/bin/bash' }), `${there}end\n`)).toMatchObject({
      summary: 'shell /bin/sh -> /bin/bash',
      kept: { summary: 'uid 1000 -> 7', hint: 'use --force to update it' },
    });
  });
});
