# Prints, as a tar, the root file system of `registry:2`: Debian's binary under the name it has there, and what it links to.
set -eu
root=$(mktemp -d)
mkdir -p "$root/bin" "$root/etc/docker/registry" "$root/etc/ssl/certs" "$root/var/lib/registry" "$root/tmp"
chmod 1777 "$root/tmp"
cp /usr/bin/docker-registry "$root/bin/registry"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
for library in $(ldd /usr/bin/docker-registry | grep -o '/[^ ]*'); do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cat > "$root/etc/docker/registry/config.yml" <<'CONF'
version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
CONF
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner -cf - .
rm -rf "$root"
