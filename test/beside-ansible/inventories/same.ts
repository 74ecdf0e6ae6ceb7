/** Inventories of which `ansible-inventory` and we must say the same. */
export interface InventoryCase {
  readonly files: Readonly<Record<string, string>>;
  /** `-i`, in order; files of the case, or lists of hosts. */
  readonly sources: readonly string[];
  /** Its tree is compared without variables: Python shows tuples and whole floats otherwise. */
  readonly bare?: true;
}

const vaulted = `!vault |
  $ANSIBLE_VAULT;1.1;AES256
  33363965326261303234343337666135356232323561653665373436646362613866623365636239
  6534613733323534346139613930613063653832303536340a643030313835346236653663396630
  30333530383037323165633433646162363136613465396666663830363133306265343038363465
  3566366261306161640a326538613030303461633663396431643166616636643862303736643765
  3238
`;

export const same: Readonly<Record<string, InventoryCase>> = {
  'hosts without a group': { files: { hosts: 'b\na ansible_host=10.0.0.1\n' }, sources: ['hosts'] },
  'an empty file': { files: { hosts: '' }, sources: ['hosts'] },
  'an empty group, and one of empty groups': {
    files: { hosts: '[empty]\n[top:children]\nempty\n[full]\nh\n' },
    sources: ['hosts'],
  },
  'nested groups, children declared before and after': {
    files: {
      hosts:
        '[a:children]\nc\nb\n[b]\nb1\nshared\n[c:children]\nd\n[d]\nd1\nshared\n[d:vars]\nx=d\n[c:vars]\nx=c\ny=c\n[a:vars]\nx=a\ny=a\nz=a\n',
    },
    sources: ['hosts'],
  },
  'children in the order in which they become known': {
    files: { hosts: '[known]\nk\n[top:children]\nlater\nknown\nlatest\n[latest]\nl2\n[later]\nl1\n[top]\nown\n' },
    sources: ['hosts'],
  },
  'a diamond': {
    files: {
      hosts:
        '[top:children]\nleft\nright\n[left:children]\nbottom\n[right:children]\nbottom\n[bottom]\nh\n[left:vars]\nx=left\n[right:vars]\nx=right\ny=right\n[bottom:vars]\ny=bottom\n[top:vars]\nx=top\nz=top\n',
    },
    sources: ['hosts'],
  },
  'a diamond with one longer way': {
    files: {
      'i.yaml':
        'top:\n  children:\n    short: {children: {low: }, vars: {x: short}}\n    long: {children: {longer: {children: {low: }, vars: {x: longer, y: longer}}}, vars: {x: long}}\nlow: {hosts: {h: }, vars: {y: low}}\n',
    },
    sources: ['i.yaml'],
  },
  'ranges, with padding, steps, letters, several at once': {
    files: {
      hosts:
        '[n]\nweb[01:03].example.com\nn[1:9:4]-[a:c:2] x=1\n[x:z]a\nr[08:11]\nr[:2]\n10.0.[0:1].[254:255]\n[w]\nweb02.example.com y=2\n',
    },
    sources: ['hosts'],
  },
  'ports in names': {
    files: { hosts: '[w]\na:2222\nb[1:2]:2200 ansible_port=22\n192.0.2.1:23\nc.example.com:1\n[v]\na x=1\n' },
    sources: ['hosts'],
  },
  IPv6: {
    files: { hosts: '[six]\n2001:db8::1\n[2001:db8::2]:2222 x=1\n::1\nfe80::[1:3]\n[2001:db8::[a:c]]:22\n' },
    sources: ['hosts'],
  },
  'quotes as in a shell': {
    files: {
      hosts: String.raw`h1 a="two words" b='single "double"' c=x\ y d="a\"b" e='a\b' f="a\b" g=a"b c"d h="" i='"5"' j="5" k=\"q\"
"h 2" x=1
h3 a="x#y" # a comment "
h4	tab=1	more='#'
`,
    },
    sources: ['hosts'],
  },
  'Python literals of hosts': {
    files: {
      hosts:
        "h a=1 b=-1 c=1.5 d=True e=true f=None g=none i=0777 j=0x1f k=1_000 l=[1,2] m=\"['a', {'b': None}]\" n='{\"a\": [1, \"x\"]}' o=1,2 p=(1) q=(1,) r=10.0.0.1 s=yes t=a=b u== v=1e3 w=0 x=00 y=01 z='' aa=1e bb=[] cc={} dd=[1\n",
    },
    sources: ['hosts'],
    bare: true,
  },
  'Python literals of groups': {
    files: {
      hosts: String.raw`[g]
h
[g:vars]
a = 1
b= text with blanks   
c =5 # a comment
d=text # part of it
e="quoted"
f='it''s'
g="a\tb\x41"
h=r'a\tb'
i=[1, 'two', {"three": 3.5}]
j=80, 443
k=
l = = 
m="unclosed
n={'a': 1, 'b': [True, False, None]}
o={{ template }}
p="{{ template }}"
q=yes
r=False
s=007
t=+5
u=a=b=c
v=/path;x
w=; y
x.y-z=1
`,
    },
    sources: ['hosts'],
    bare: true,
  },
  'variables in several places': {
    files: {
      'inv/hosts':
        '[all:vars]\na=all\nb=all\nc=all\nd=all\n[web]\nw1 h=inline i=inline\nw2\n[web:vars]\nb=web\nc=web\nd=web\ne=web\n',
      'inv/group_vars/all.yml': 'c: allfile\nf: allfile\ne: allfile\n',
      'inv/group_vars/web/a.yml': 'd: web a\ng: web a\n',
      'inv/group_vars/web/b.yaml': 'd: web b\n',
      'inv/group_vars/web/deep/er/c': 'd: web deep\n',
      'inv/group_vars/web/deep/er/no.txt': 'd: no\n',
      'inv/group_vars/web/z.json': '{"j": [1, "x", null, true]}',
      'inv/group_vars/web/.hidden.yml': 'd: hidden\n',
      'inv/group_vars/web/old.yml~': 'd: old\n',
      'inv/group_vars/web/dir.d/x.yml': 'd: dir.d\n',
      'inv/host_vars/w1.yml': 'i: file\nk: file\n',
      'inv/host_vars/w2/one': 'i: dir\n',
      'inv/host_vars/other.yml': 'i: nobody\n',
    },
    sources: ['inv/hosts'],
  },
  'group_vars/all over groups in the inventory': {
    files: {
      'i.yaml': 'all: {vars: {x: 1, y: 1}}\nweb: {hosts: {h: }, vars: {x: 2, y: 2}}\n',
      'group_vars/all': 'x: 3\n',
      'group_vars/web': 'y: 4\n',
    },
    sources: ['i.yaml'],
  },
  'files beside the site': {
    files: {
      'inv/hosts': '[web]\nh x=inline\n[web:vars]\na=inline\n',
      'inv/group_vars/web.yml': 'a: inventory\nb: inventory\n',
      'inv/group_vars/all.yml': 'c: inventory\nd: inventory\n',
      'inv/host_vars/h.yml': 'x: inventory\ny: inventory\n',
      'group_vars/all.yml': 'b: site all\nc: site all\n',
      'group_vars/web/x.yml': 'a: site web\n',
      'host_vars/h.yml': 'y: site\n',
    },
    sources: ['inv'],
  },
  'two folders, the first that of the site': {
    files: {
      'a.yaml': 'web: {hosts: {h: }}\n',
      'd/b.yaml': 'web: {hosts: {i: }}\n',
      'group_vars/all.yml': 'v: first\n',
      'd/group_vars/all.yml': 'v: second\n',
    },
    sources: ['a.yaml', 'd/b.yaml'],
  },
  'group priority, in both forms': {
    files: {
      hosts:
        '[b]\nh\n[a]\nh\n[c]\nh\n[a:vars]\nx=a\ny=a\nansible_group_priority=10\n[b:vars]\nx=b\ny=b\n[c:vars]\nx=c\ny=c\n',
      'two.yaml': 'b: {vars: {z: b, ansible_group_priority: 3}}\nc: {vars: {z: c, ansible_group_priority: "2"}}\n',
    },
    sources: ['hosts', 'two.yaml'],
  },
  'merge by depth, then by name': {
    files: {
      hosts:
        '[zz]\nh\n[aa]\nh\n[mid:children]\ndeep\n[deep]\nh\n[zz:vars]\nx=zz\ny=zz\n[aa:vars]\nx=aa\ny=aa\n[deep:vars]\ny=deep\n[mid:vars]\nx=mid\n',
    },
    sources: ['hosts'],
  },
  'several sources': {
    files: {
      'one/hosts': '[web]\na x=one\nb\n[web:vars]\nv=one\nw=one\n',
      'one/group_vars/web.yml': 'g: one\nk: one\n',
      'one/host_vars/a.yml': 'f: one\n',
      'two/hosts.yaml':
        'web: {hosts: {c: , a: {x: two}}, vars: {v: two}}\nall: {children: {extra: {children: {web: }}}}\n',
      'two/group_vars/web.yml': 'g: two\n',
      'two/host_vars/a.yml': 'e: two\n',
    },
    sources: ['one/hosts', 'two', 'd,a,10.0.0.9:2022,'],
  },
  'the same, the other way about': {
    files: {
      'one/hosts': '[web]\na x=one\nb\n[web:vars]\nv=one\n',
      'one/group_vars/web.yml': 'g: one\n',
      'two/hosts.yaml': 'web: {hosts: {c: , a: {x: two}}, vars: {v: two}}\n',
      'two/group_vars/web.yml': 'g: two\n',
    },
    sources: ['two/hosts.yaml', 'one'],
  },
  'a folder of both forms, and of what is passed over': {
    files: {
      'i/10-web': '[web]\nw1\n',
      'i/20-more.yml': 'web: {hosts: {w2: }}\nungrouped: {hosts: {u: , w1: }}\n',
      'i/30.json': '{"db": {"hosts": {"d1": {"p": [1, 2.5]}}}}',
      'i/sub/hosts': '[web]\nw0\nw3\n',
      'i/sub/group_vars/web.yml': 'no: 1\n',
      'i/group_vars/web.yml': 'yes_: 1\n',
      'i/hosts.ini': '[web]\nini\n',
      'i/hosts.cfg': '[web]\ncfg\n',
      'i/hosts.bak': '[web]\nbak\n',
      'i/hosts.orig': '[web]\norig\n',
      'i/hosts.retry': 'retry\n',
      'i/10-web~': '[web]\ntilde\n',
      'i/README.md': '# words\n',
      'i/.hidden': 'hidden\n',
    },
    sources: ['i'],
  },
  'INI by other names': {
    files: {
      'hosts.ini': '[a]\nh1\n',
      'hosts.prod': '[b]\nh2\n',
      'list.yaml': '[c]\nh3 x=1\n',
      'host.example.com': 'h4\n',
    },
    sources: ['hosts.ini', 'hosts.prod', 'list.yaml', 'host.example.com'],
  },
  'YAML without an extension': {
    files: { hosts: '---\nall:\n  hosts:\n    h: {x: 1}\n  children:\n    g:\n      hosts: h2\n' },
    sources: ['hosts'],
  },
  'YAML: ranges, ports, short forms, nothing': {
    files: {
      'i.yml':
        'all:\n  hosts:\n    "n[01:03]": {x: 1}\n    "p:2222":\n    "[2001:db8::1]:22": {y: }\n  children:\n    one: {hosts: h}\n    two: {children: one}\n    three:\n    four: {hosts: , children: , vars: }\n',
    },
    sources: ['i.yml'],
  },
  'words for true and false': {
    files: {
      'i.yaml':
        'g:\n  hosts: {h: {a: yes, b: No, c: ON, d: off, e: "yes", f: y, g: n, h: true, i: True, j: ~, k: null, l: Null}}\n  vars: {v: Yes, list: [yes, no, oN]}\n',
      'group_vars/g.yml': 'w: on\nx: |\n  yes\n',
      'host_vars/h.yml': 'z: OFF\n',
    },
    sources: ['i.yaml'],
  },
  'anchors, merges and long texts': {
    files: {
      'i.yaml':
        'g:\n  vars:\n    base: &base {a: 1, b: [x, "y: z"]}\n    more: {<<: *base, a: 2}\n    text: |\n      one\n        two\n\n      three\n    folded: >-\n      one\n      two\n    date: 2024-01-02\n    version: 1.10\n    time: "12:30"\n  hosts: {h: }\n',
    },
    sources: ['i.yaml'],
  },
  'values that are encrypted, in each place': {
    files: {
      'i.yaml': `g:\n  vars:\n    a: ${vaulted.replaceAll('\n', '\n    ')}\n  hosts: {h: }\n`,
      'group_vars/g.yml': `b: ${vaulted}c: plain\n`,
      'host_vars/h.yml': `d: {e: [${'"x"'}]}\nlist:\n  - ${vaulted.replaceAll('\n', '\n  ')}\n`,
    },
    sources: ['i.yaml'],
    bare: true,
  },
  'texts that are no templates': {
    files: {
      'i.yaml':
        'g: {hosts: {h: {a: !unsafe "x{{y}}", b: !unsafe 5, c: [!unsafe "{%"]}}, vars: {d: !unsafe plain, e: "{{ x }}"}}\n',
      'group_vars/g.yml': 'f: !unsafe |\n  {{ x }}\n  y\n',
    },
    sources: ['i.yaml'],
  },
  unicode: {
    files: {
      hosts: '[größe]\nhöst.example.com name=Jürgen emoji=🦊 x="日本 語"\n[größe:vars]\nü=ö\nlist=["é"]\n',
      'host_vars/höst.example.com.yml': 'city: "Zürich — 東京"\n',
    },
    sources: ['hosts'],
  },
  'localhost, named': {
    files: { hosts: 'localhost ansible_connection=local\n127.0.0.1 x=1\n[l]\nlocalhost\n' },
    sources: ['hosts'],
  },
  'a group that has a host of its name': {
    files: {
      hosts: '[web]\nweb x=1\nw2\n[db]\nw2\n[early]\nlate y=1\n[late]\nlate z=2\n',
      'host_vars/web.yml': 'f: host\n',
      'group_vars/web.yml': 'f: group\ng: group\n',
    },
    sources: ['hosts'],
  },
  'hosts in several groups, in ungrouped too': {
    files: {
      'i.yaml':
        'ungrouped: {hosts: {a: , b: , c: }}\nx: {hosts: {a: {v: 1}, d: }}\ny: {hosts: {a: {v: 2}, d: {w: 1}}}\nall: {hosts: {e: , b: }}\n',
      'group_vars/ungrouped.yml': 'u: 1\n',
    },
    sources: ['i.yaml'],
  },
  'all and its children, by name': {
    files: {
      hosts: '[all]\na\n[all:children]\nsecond\nfirst\n[first]\nf\n[second]\ns\n[third]\nt\n[all:vars]\nx=1\n',
    },
    sources: ['hosts'],
  },
  'comments and blanks': {
    files: {
      hosts:
        '\n  # one\n;two\n  [web]  # three\n   a   x=1   # four\n\n[web:vars]\n  # five\n  y = 2\n[top:children] \n web # six\n',
    },
    sources: ['hosts'],
  },
  'line ends of Windows': { files: { hosts: '[web]\r\na x=1\r\n[web:vars]\r\ny=two words\r\n' }, sources: ['hosts'] },
  'names that Ansible gives hosts itself': {
    files: {
      hosts: 'h inventory_hostname=x groups=1 group_names=2 playbook_dir=3 inventory_dir=4 ansible_facts=5 other=6\n',
    },
    sources: ['hosts'],
  },
  'groups with dashes and dots': {
    files: { hosts: '[a-b.c]\nh\n[a-b.c:vars]\nx=1\n[top:children]\na-b.c\n', 'group_vars/a-b.c.yml': 'y: 1\n' },
    sources: ['hosts'],
  },
  "only the first of several files of variables, in Ansible's order": {
    files: { hosts: '[web]\nh\n', 'group_vars/web/x.yml': 'a: folder\n' },
    sources: ['hosts'],
  },
  'an address in brackets on the first line': {
    files: { hosts: '[fe80::1]:23 x=1\n[2001:db8::1]:24\n' },
    sources: ['hosts'],
  },
  'a list of hosts': { files: {}, sources: ['a,b:22,[2001:db8::1]:23,2001:db8::2,c.example.com,'] },
  'maps that are written twice are replaced, not merged': {
    files: {
      'i.yaml': 'g: {hosts: {h: {m: {a: 1}}}, vars: {m: {b: 2}, n: {c: 3}}}\n',
      'group_vars/g.yml': 'n: {d: 4}\n',
      'two.yaml': 'g: {hosts: {h: {m: {e: 5}}}}\n',
    },
    sources: ['i.yaml', 'two.yaml'],
  },
  'four hundred hosts in twenty groups': {
    files: {
      hosts: Array.from(
        { length: 20 },
        (_, n) => `[g${n}]\nh[${n * 10}:${n * 10 + 199}]\n[g${n}:vars]\nv${n % 7}=${n}\n`,
      ).join(''),
    },
    sources: ['hosts'],
  },
};
