import type { Explanations } from '../../site/words/explanation.js';

/** Environment variables that the command reads, beside PATH and what programs that it starts read. */
export const environmentWords: Explanations = {
  PROVISION_ASK_NAME: {
    at: ['environment'],
    means: 'Value of a variable that `--ask` names: PROVISION_ASK_REGISTRY_PASSWORD for registry_password.',
  },
  PROVISION_BECOME_PASSWORD: { at: ['environment'], means: 'Password for sudo, instead of asking for it (-K).' },
  PROVISION_KEY_PASSPHRASE: {
    at: ['environment'],
    means: 'Passphrase of encrypted private keys, instead of asking for it.',
  },
  PROVISION_KEEP_RUNS: {
    at: ['environment'],
    means: 'Number of logs of runs that are kept; default 50. 0 keeps none.',
  },
  PROVISION_REGISTRY_PASSWORD: {
    at: ['environment'],
    means: 'Password for `--creds` and `provision registry login`, instead of asking for it.',
  },
  PROVISION_VAULT_PASSWORD_FILE: {
    at: ['environment'],
    means: 'File with the vault password, or a script that prints it.',
  },
  ANSIBLE_VAULT_PASSWORD_FILE: { at: ['environment'], means: 'Read where PROVISION_VAULT_PASSWORD_FILE is not set.' },
  PROVISION_ACCOUNT_PASSWORD: {
    at: ['environment'],
    means: 'Password or access token for `--as` of `provision accounts`, instead of asking for it.',
  },
  PROVISION_NEW_PASSWORD: {
    at: ['environment'],
    means: 'Password of the account that `provision accounts setup` and `create` make, instead of asking for it.',
  },
  PROVISION_SERVICE_STATE: { at: ['environment'], means: '`--state` of `provision serve`.' },
  PROVISION_SERVICE_DATABASE: {
    at: ['environment'],
    means: '`--database` of `provision serve`: a password in it is in no list of processes.',
  },
  PROVISION_SERVICE_KEY_FILE: { at: ['environment'], means: '`--key-file` of `provision serve`.' },
  PROVISION_SERVICE_FIRST_ACCOUNT: { at: ['environment'], means: '`--first-account` of `provision serve`.' },
  PROVISION_SERVICE_LISTEN: { at: ['environment'], means: '`--listen` of `provision serve`.' },
  PROVISION_SERVICE_URL: { at: ['environment'], means: '`--url` of `provision serve`.' },
  PROVISION_SERVICE_TLS_CERT: { at: ['environment'], means: '`--tls-cert` of `provision serve`.' },
  PROVISION_SERVICE_TLS_KEY: { at: ['environment'], means: '`--tls-key` of `provision serve`.' },
  PROVISION_SERVICE_TLS_CA: { at: ['environment'], means: '`--tls-ca` of `provision serve`.' },
  PROVISION_SERVICE_TRUSTED_PROXY: { at: ['environment'], means: '`true`: `--trusted-proxy` of `provision serve`.' },
  PROVISION_SERVICE_DEFAULT_VISIBILITY: { at: ['environment'], means: '`--default-visibility` of `provision serve`.' },
  PROVISION_SERVICE_ISSUER: { at: ['environment'], means: '`--issuer` of `provision serve`.' },
  PROVISION_SERVICE_PULL_TOKEN_LIFETIME: {
    at: ['environment'],
    means: '`--pull-token-lifetime` of `provision serve`.',
  },
  PROVISION_SERVICE_PUSH_TOKEN_LIFETIME: {
    at: ['environment'],
    means: '`--push-token-lifetime` of `provision serve`.',
  },
  PROVISION_SERVICE_REQUESTS_PER_SECOND: {
    at: ['environment'],
    means: '`--requests-per-second` of `provision serve`.',
  },
  PROVISION_SERVICE_REQUESTS_BURST: { at: ['environment'], means: '`--requests-burst` of `provision serve`.' },
  PROVISION_SERVICE_AUDIT_DAYS: { at: ['environment'], means: '`--audit-days` of `provision serve`.' },
  PROVISION_SERVICE_AUDIT_ROWS: { at: ['environment'], means: '`--audit-rows` of `provision serve`.' },
  PROVISION_SERVICE_REGISTRY: { at: ['environment'], means: '`false`: `--no-registry` of `provision serve`.' },
  PROVISION_SERVICE_REGISTRY_LISTEN: { at: ['environment'], means: '`--registry-listen` of `provision serve`.' },
  PROVISION_SERVICE_REGISTRY_DIR: { at: ['environment'], means: '`--registry-dir` of `provision serve`.' },
  PROVISION_SERVICE_REGISTRY_NAME: { at: ['environment'], means: '`--registry-name` of `provision serve`.' },
  PROVISION_SERVICE_RECONCILE_EVERY: { at: ['environment'], means: '`--reconcile-every` of `provision serve`.' },
  PROVISION_SERVICE_REGISTRIES: {
    at: ['environment'],
    means: '`registries` of the file of `provision serve`, as JSON.',
  },
  PROVISION_SERVICE_LOG: { at: ['environment'], means: '`true`: `--log` of `provision serve`.' },
  NO_COLOR: { at: ['environment'], means: 'No colours, unless --color is given.' },
  TERM: { at: ['environment'], means: '`dumb`: no colours, and no rows that are redrawn.' },
  EDITOR: { at: ['environment'], means: 'Editor of `provision vault edit`; default vi.' },
  HOME: { at: ['environment'], means: 'Home folder: ~ in paths, ~/.ssh, ~/.docker, ~/.local/state, ~/.cache.' },
  SSH_AUTH_SOCK: { at: ['environment'], means: "Socket of the agent that has ssh's keys." },
  DOCKER_CONFIG: {
    at: ['environment'],
    means: "Folder of docker's config.json, for accounts of registries; default ~/.docker.",
  },
  DOCKER_AUTH_CONFIG: { at: ['environment'], means: "Accounts of registries, as the text of docker's config.json." },
  REGISTRY_AUTH_FILE: { at: ['environment'], means: "File of accounts of registries, as podman's auth.json." },
  XDG_RUNTIME_DIR: {
    at: ['environment'],
    means: "Folder of podman's containers/auth.json, and of what `vault edit` decrypts; default for the latter: /tmp.",
  },
  XDG_CONFIG_HOME: { at: ['environment'], means: "Folder of podman's containers/auth.json; default ~/.config." },
  XDG_STATE_HOME: { at: ['environment'], means: 'Folder of journals of image copies; default ~/.local/state.' },
  XDG_CACHE_HOME: { at: ['environment'], means: 'Folder of the compile cache (Node 22 and newer); default ~/.cache.' },
  HTTP_PROXY: {
    at: ['environment'],
    means: 'Proxy for registries by plain http: http://[USER:PASSWORD@]HOST:PORT. http_proxy counts before it.',
  },
  HTTPS_PROXY: { at: ['environment'], means: 'Proxy for registries by https; https_proxy counts before it.' },
  ALL_PROXY: { at: ['environment'], means: 'Proxy for registries where neither of those is set.' },
  NO_PROXY: {
    at: ['environment'],
    means:
      'Registries that are reached without a proxy: names (with their subdomains), addresses, networks, each with a port or without; `*` for all. This machine itself never needs one.',
  },
  NODE_COMPILE_CACHE: { at: ['environment'], means: 'Folder that Node keeps compiled code in, instead of ours.' },
  NODE_DISABLE_COMPILE_CACHE: { at: ['environment'], means: 'Set: Node keeps no compiled code.' },
};
